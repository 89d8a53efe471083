"""The customers' portal: pages of its own, with sessions of its own. Each of its parts is a module; see `AREAS`.

Who signs in here sees what is theirs. An address that names a thing is asked whose it is before anything else happens
(`addresses.OWNED`), and is not found for everybody else.
"""

from ..addresses import WebAddress
from . import account, following, invoices, orders, passkeys, paying, returns, shop, signing_in

AREAS = (signing_in, passkeys, following, orders, returns, invoices, paying, shop, account)


def addresses() -> list[WebAddress]:
    """Every page, form and act of the portal."""
    return [each for area in AREAS for each in area.addresses()]
