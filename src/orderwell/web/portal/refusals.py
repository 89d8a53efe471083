"""What only the portal refuses."""

from ...kit.errors import Conflict


class ShopClosed(Conflict):
    code = "portal_takes_no_orders"
    title = "No orders are taken here at the moment"


class NoProvider(Conflict):
    code = "portal_takes_no_payments"
    title = "Payments cannot be made here at the moment"


class TooLateToUndo(Conflict):
    code = "too_late_to_undo"
    title = "It is too late to take this order back here"


class BasketEmpty(Conflict):
    code = "basket_empty"
    title = "There is nothing in your basket"


class BasketFull(Conflict):
    code = "basket_full"
    title = "Your basket holds no more"


class NotAsShown(Conflict):
    code = "not_as_shown"
    title = "The amount has changed since you saw it"


class SignedInLongAgo(Conflict):
    code = "signed_in_long_ago"
    title = "You signed in too long ago for this"


class NotInvited(Conflict):
    code = "not_invited"
    title = "This address cannot be invited here"


class NotYourself(Conflict):
    code = "not_yourself"
    title = "You cannot shut yourself out"
