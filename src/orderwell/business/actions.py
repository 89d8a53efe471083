"""Who we are, for flows."""

from ..kit.errors import Conflict
from ..kit.picture import Tx
from ..values.calendar import day_of
from .model import ONLY, Business
from .store import BUSINESS


class NotSetUp(Conflict):
    code = "not_set_up"
    title = "There is no business in this database yet"


def current(tx: Tx) -> Business:
    business = tx.get(BUSINESS, ONLY)
    if business is None:
        raise NotSetUp("There is no business in this database yet; run `orderwell init`.")
    return business


def today(tx: Tx) -> str:
    """The business day of this request."""
    return day_of(tx.now, current(tx).time_zone)
