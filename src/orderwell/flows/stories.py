"""Every flow there is. Importing this module registers them all with the writer."""

from . import (
    adjust_stock as adjust_stock,
)
from . import (
    cancel_order as cancel_order,
)
from . import (
    change_draft as change_draft,
)
from . import (
    confirm_order as confirm_order,
)
from . import (
    deliver_parcel as deliver_parcel,
)
from . import (
    expire_orders as expire_orders,
)
from . import (
    fulfil_order as fulfil_order,
)
from . import (
    give_up_debt as give_up_debt,
)
from . import (
    issue_credit_note as issue_credit_note,
)
from . import (
    keep_access as keep_access,
)
from . import (
    keep_catalog as keep_catalog,
)
from . import (
    keep_customers as keep_customers,
)
from . import (
    pack_parcel as pack_parcel,
)
from . import (
    pick_order as pick_order,
)
from . import (
    place_order as place_order,
)
from . import (
    return_goods as return_goods,
)
from . import (
    set_up as set_up,
)
from . import (
    ship_order as ship_order,
)
from . import (
    ship_parcel as ship_parcel,
)
