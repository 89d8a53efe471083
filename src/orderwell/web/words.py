"""How words of the program are said to people: states, events, reasons, and which colour they have."""

from .language import N_

# State → (what is said, colour). Colours are Tabler's; the word always stands beside the dot.
GOODS = {
    "draft": (N_("Draft"), "secondary"),
    "open": (N_("Open"), "azure"),
    "ready": (N_("To pick"), "blue"),
    "picked": (N_("Picked"), "indigo"),
    "packed": (N_("Packed"), "purple"),
    "backordered": (N_("Backordered"), "orange"),
    "partly_shipped": (N_("Partly shipped"), "yellow"),
    "shipped": (N_("Shipped"), "teal"),
    "delivered": (N_("Delivered"), "green"),
    "returned": (N_("Returned"), "secondary"),
    "cancelled": (N_("Cancelled"), "secondary"),
}
MONEY = {
    "unpaid": (N_("Unpaid"), "orange"),
    "on_account": (N_("On account"), "azure"),
    "authorised": (N_("Authorised"), "blue"),
    "partly_paid": (N_("Partly paid"), "yellow"),
    "paid": (N_("Paid"), "green"),
    "overpaid": (N_("Overpaid"), "red"),
    "partly_refunded": (N_("Partly refunded"), "purple"),
    "refunded": (N_("Refunded"), "secondary"),
    "settled": (N_("Nothing due"), "secondary"),
}
PLACES = {
    "open": (N_("open"), "azure"),
    "promised": (N_("promised"), "blue"),
    "awaited": (N_("awaited"), "orange"),
    "picked": (N_("picked"), "indigo"),
    "packed": (N_("packed"), "purple"),
    "shipped": (N_("shipped"), "teal"),
    "delivered": (N_("delivered"), "green"),
    "returned": (N_("returned"), "secondary"),
    "cancelled": (N_("cancelled"), "secondary"),
}
METHODS = {
    "cash": N_("Cash"),
    "pin": N_("Card"),
    "bank_transfer": N_("Bank transfer"),
    "on_account": N_("On account"),
    "provider": N_("Payment provider"),
}
PARCELS = {
    "packed": (N_("Packed"), "purple"),
    "shipped": (N_("Under way"), "teal"),
    "delivered": (N_("Delivered"), "green"),
    "failed": (N_("Delivery failed"), "red"),
    "lost": (N_("Lost"), "red"),
    "came_back": (N_("Came back"), "orange"),
    "unpacked": (N_("Unpacked"), "secondary"),
}
EVENTS = {
    "order.drafted": N_("Drafted"),
    "order.draft_changed": N_("Draft changed"),
    "order.placed": N_("Placed"),
    "order.paid": N_("Paid in full"),
    "order.picked": N_("Picked"),
    "order.unpicked": N_("Put back on the shelf"),
    "order.packed": N_("Packed"),
    "order.unpacked": N_("Unpacked"),
    "order.shipped": N_("Handed to the carrier"),
    "order.collected": N_("Collected by the customer"),
    "order.delivered": N_("Delivered"),
    "order.delivery_failed": N_("Delivery failed"),
    "order.parcel_lost": N_("Parcel lost"),
    "order.parcel_came_back": N_("Parcel came back"),
    "order.label_asked": N_("Label asked of the carrier"),
    "order.labelled": N_("Label received"),
    "order.label_refused": N_("Label refused by the carrier"),
    "order.label_dropped": N_("Label dropped"),
    "order.tracked": N_("Seen by the carrier"),
    "order.stock_arrived": N_("Awaited goods arrived"),
    "order.units_cancelled": N_("Some units cancelled"),
    "order.cancelled": N_("Cancelled"),
    "order.expired": N_("Expired unpaid"),
    "order.kept": N_("Kept"),
    "order.reinstated": N_("Taken back after it expired"),
    "order.units_returned": N_("Units came back"),
    "order.credited": N_("Credited"),
    "invoice.issued": N_("Invoice issued"),
    "payment.received": N_("Payment received"),
    "payment.started": N_("Payment started"),
    "payment.failed": N_("Payment failed"),
    "payment.refunded": N_("Money given back"),
}
ACTORS = {
    "cli": N_("Command line"),
    "system": N_("Orderwell"),
    "worker": N_("Orderwell"),
    "demo": N_("Demonstration"),
    "replay": N_("Replay"),
}
ROLES = {
    "owner": N_("Owner"),
    "customer_service": N_("Customer service"),
    "shop_floor": N_("Shop floor"),
    "warehouse": N_("Warehouse"),
    "purchasing": N_("Purchasing"),
    "accounting": N_("Accounting"),
    "management": N_("Management"),
    "integration": N_("Integration"),
}
WORDS = {"goods": GOODS, "money": MONEY, "place": PLACES, "parcel": PARCELS}
