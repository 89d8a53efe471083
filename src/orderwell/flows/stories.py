"""Every flow there is. Importing this module registers them all with the writer."""

from . import (
    adjust_stock as adjust_stock,
)
from . import (
    cancel_order as cancel_order,
)
from . import (
    carry_parcel as carry_parcel,
)
from . import (
    change_draft as change_draft,
)
from . import (
    collect_order as collect_order,
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
    keep_books as keep_books,
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
from . import (
    apply_credit as apply_credit,
)
from . import (
    capture_payment as capture_payment,
)
from . import (
    keep_providers as keep_providers,
)
from . import (
    keep_tasks as keep_tasks,
)
from . import (
    provider_jobs as provider_jobs,
)
from . import (
    receive_payment as receive_payment,
)
from . import (
    record_payout as record_payout,
)
from . import (
    record_provider_event as record_provider_event,
)
from . import (
    refund_payment as refund_payment,
)
from . import (
    sell_at_till as sell_at_till,
)
from . import (
    start_payment as start_payment,
)
from . import (
    keep_suppliers as keep_suppliers,
)
from . import (
    place_purchase as place_purchase,
)
from . import (
    propose_purchases as propose_purchases,
)
from . import (
    receive_purchase as receive_purchase,
)
from . import (
    supplier_invoice as supplier_invoice,
)
from . import (
    pay_supplier as pay_supplier,
)
from . import (
    transfer_stock as transfer_stock,
)
from . import (
    count_stock as count_stock,
)
from . import (
    deliver_webhook as deliver_webhook,
)
from . import (
    keep_webhooks as keep_webhooks,
)
