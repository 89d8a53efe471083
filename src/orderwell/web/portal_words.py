"""How states are said to customers: what it means for them, not what the warehouse calls it."""

from .language import N_

GOODS = {
    "open": (N_("Received"), "azure"),
    "ready": (N_("Being prepared"), "blue"),
    "picked": (N_("Being prepared"), "blue"),
    "packed": (N_("Packed"), "purple"),
    "backordered": (N_("Waiting for stock"), "orange"),
    "partly_shipped": (N_("Partly on its way"), "yellow"),
    "shipped": (N_("On its way"), "teal"),
    "delivered": (N_("Delivered"), "green"),
    "returned": (N_("Sent back"), "secondary"),
    "cancelled": (N_("Cancelled"), "secondary"),
}
MONEY = {
    "unpaid": (N_("To be paid"), "orange"),
    "on_account": (N_("On account"), "azure"),
    "authorised": (N_("Payment arranged"), "blue"),
    "partly_paid": (N_("Partly paid"), "yellow"),
    "paid": (N_("Paid"), "green"),
    "overpaid": (N_("Paid too much"), "yellow"),
    "partly_refunded": (N_("Partly paid back"), "purple"),
    "refunded": (N_("Paid back"), "secondary"),
    "settled": (N_("Nothing to pay"), "secondary"),
}
PLACES = {
    "open": (N_("received"), "azure"),
    "promised": (N_("being prepared"), "blue"),
    "awaited": (N_("waiting for stock"), "orange"),
    "picked": (N_("being prepared"), "blue"),
    "packed": (N_("packed"), "purple"),
    "shipped": (N_("on its way"), "teal"),
    "delivered": (N_("delivered"), "green"),
    "returned": (N_("sent back"), "secondary"),
    "cancelled": (N_("cancelled"), "secondary"),
}
STOCK = {
    "there": (N_("In stock"), "green"),
    "few": (N_("Few left"), "yellow"),
    "later": (N_("Comes in later"), "orange"),
    "none": (N_("Sold out"), "secondary"),
}
RETURNS = {
    "announced": (N_("We wait for your parcel"), "blue"),
    "partly_received": (N_("Partly received"), "yellow"),
    "received": (N_("Received, being looked at"), "indigo"),
    "inspected": (N_("Dealt with"), "green"),
    "cancelled": (N_("Cancelled"), "secondary"),
}
ACCOUNTS = {
    "invited": (N_("Invited"), "blue"),
    "active": (N_("Active"), "green"),
    "disabled": (N_("Not let in"), "secondary"),
}
WORDS = {
    "your_goods": GOODS,
    "your_money": MONEY,
    "your_units": PLACES,
    "your_stock": STOCK,
    "your_return": RETURNS,
    "your_people": ACCOUNTS,
}
