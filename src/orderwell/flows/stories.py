"""Every flow there is. Importing this module registers them all with the writer."""

from . import (
    adjust_stock as adjust_stock,
)
from . import (
    keep_access as keep_access,
)
from . import (
    give_up_debt as give_up_debt,
)
from . import (
    issue_credit_note as issue_credit_note,
)
from . import (
    keep_catalog as keep_catalog,
)
from . import (
    keep_customers as keep_customers,
)
from . import (
    place_order as place_order,
)
from . import (
    set_up as set_up,
)
from . import (
    ship_order as ship_order,
)
