"""Who we are on documents: written down once, kept by documents that were issued under it."""

from orderwell.flows.keep_letterhead import KeepLetterhead
from orderwell.reports.documents import letterhead
from tests.support.shop import Shop


def test_what_documents_say_of_us_changes_for_those_to_come(shop: Shop) -> None:
    told = shop.do(KeepLetterhead("Lamps B.V.", "Kade 1", "1011 AA", "Amsterdam", vat_number="NL1B01"))
    assert (told["object"], told["name"], told["country"]) == ("letterhead", "Lamps B.V.", "NL")
    shop.sku("lamp", price="10.00", stock=5)
    shop.ship(shop.order(lamp=1))
    ((before,),) = shop.rows("SELECT id FROM invoices")
    shop.do(KeepLetterhead("Lights B.V.", "Plein 9", "3511 AA", "Utrecht"))
    with shop.app.database.reading() as connection:
        then, now = letterhead(connection, before), letterhead(connection, 2**62)
    assert then is not None
    assert now is not None
    assert (then["name"], now["name"]) == ("Lamps B.V.", "Lights B.V.")
    shop.prove()
