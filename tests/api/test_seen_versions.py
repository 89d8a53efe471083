"""If-Match: whoever acts on what they saw is refused when it has changed since, whatever it is."""

import re
from decimal import Decimal
from typing import Any

import pytest

from orderwell.api.operations import Plain, Verb
from orderwell.api.versions import VERSIONED, addressed
from orderwell.flows.import_statement import ImportStatement, StatementRow
from orderwell.flows.keep_access import AddPerson
from orderwell.flows.keep_bins import AddBin
from orderwell.flows.keep_catalog import AddLocation
from orderwell.flows.keep_drawer import KeepTill
from orderwell.flows.keep_notes import AddOrderNote
from orderwell.flows.keep_portal import AddPortalAccount
from orderwell.flows.keep_proofs import AskProof
from orderwell.flows.keep_suppliers import AddSupplier, SetReorderRule, SetSupplierSku
from orderwell.flows.keep_views import AddView
from orderwell.flows.keep_webhooks import AddWebhookEndpoint
from orderwell.flows.make_pick_list import MakePickList
from orderwell.flows.ordered_units import UnitsAsk
from orderwell.flows.place_purchase import PlacePurchaseOrder, PurchaseLineAsk
from orderwell.flows.propose_purchases import Propose
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.flows.return_goods import AnnounceReturn
from orderwell.flows.sign_in import MakeLink, StartSession
from orderwell.flows.transfer_stock import TransferLineAsk, TransferStock
from tests.api.conftest import ApiShop
from tests.support.answers import operations


def of_each(shop: ApiShop) -> dict[str, str]:
    """One of everything that has a version, by the first word of its address."""
    shop.sku("lamp", stock=5)
    shop.sku("bulb")
    shop.do(AddLocation("depot", "Depot"))
    shop.do(AddSupplier("acme", "Acme"))
    shop.do(SetSupplierSku("acme", "bulb", Decimal(2)))
    shop.do(SetReorderRule("bulb", "main", Decimal(5), Decimal(20)))
    sent, cancelled = shop.order(lamp=1, customer=shop.customer("10042")["id"]), shop.order(lamp=1)
    shop.ship(sent)
    shop.cancel(cancelled)
    shop.do(ReceivePayment("bank_transfer", 1_000, order=cancelled))  # late, which opens a task
    key = shop.owner.post("/api_keys", {"name": "Web shop", "scopes": ["orders:read"]})
    shop.do(AddLocation("attic", "Attic"))
    shop.do(ImportStatement(rows=[StatementRow("2026-01-05", "49.95")]))
    to_pick = shop.order(lamp=1)
    shop.do(AddPerson("Noor", "noor@example.com", ["warehouse"]))
    shop.do(MakeLink("sign_in", "b" * 64, "noor@example.com"))
    view = AddView("orders", "Late", "status=placed", role="owner")
    return {
        "api_keys": key.json()["id"],
        "bank_lines": shop.owner.get("/bank_lines").json()["data"][0]["id"],
        "bins": shop.do(AddBin("attic", "A-01"))["id"],
        "customers": shop.owner.get("/customers").json()["data"][0]["id"],
        "notes": shop.do(AddOrderNote(sent, "Ring twice"))["id"],
        "orders": shop.order(lamp=1),
        "payments": shop.owner.get("/payments").json()["data"][0]["id"],
        "people": shop.owner.get("/people").json()["data"][0]["id"],
        "pick_lists": shop.do(MakePickList("main", [to_pick]))["id"],
        "portal_accounts": shop.do(AddPortalAccount("10042", "Sam", "sam@example.com"))["id"],
        "proofs": shop.do(AskProof())["id"],
        "proposals": shop.do(Propose())["proposals"][0]["id"],
        "purchase_orders": shop.do(PlacePurchaseOrder("acme", "main", [PurchaseLineAsk("bulb", Decimal(1))]))["id"],
        "returns": shop.do(AnnounceReturn(sent, [UnitsAsk(1, Decimal(1))]))["id"],
        "sessions": shop.do(StartSession("noor@example.com", "a" * 64, link_hash="b" * 64))["id"],
        "suppliers": shop.owner.get("/suppliers").json()["data"][0]["id"],
        "tasks": shop.owner.get("/tasks").json()["data"][0]["id"],
        "tills": shop.do(KeepTill("front", "Front counter", "main"))["id"],
        "transfers": shop.do(TransferStock("main", "depot", [TransferLineAsk("lamp", Decimal(1))]))["id"],
        "views": shop.do(view)["id"],
        "webhook_endpoints": shop.do(AddWebhookEndpoint("https://shop.example.com/hooks", "whsec_" + "a" * 32))["id"],
    }


def test_every_verb_on_what_has_a_version_refuses_an_older_one(shop: ApiShop) -> None:
    ids = of_each(shop)
    assert set(ids) == set(VERSIONED)
    there = [each for each in operations().values() if each.method == "POST" and addressed(each.path)]
    verbs = [each for each in there if isinstance(each, Verb | Plain)]
    assert len(verbs) == len(there)
    assert len(verbs) > 60
    before = shop.rows("SELECT COUNT(*) FROM events")
    for verb in verbs:
        path, first = verb.path.removeprefix("/api/v1"), ""
        for word, parameter in re.findall(r"(\w+)/{(\w+)}", path):
            path, first = path.replace(f"{{{parameter}}}", ids[word]), word
        refused = shop.owner.post(path, dict(verb.example), if_match='"99"')
        told = refused.json()
        assert (refused.status_code, told["code"]) == (412, "stale"), f"{verb.path}: {told}"
        table = VERSIONED[first][1].name
        [[now]] = shop.rows(f"SELECT version FROM {table} WHERE id = {_number(first, ids[first])}")  # of the last one
        assert told["facts"] == {"version": now}
    assert shop.rows("SELECT COUNT(*) FROM events") == before


def _number(first: str, id_: str) -> int:
    from orderwell.values.ids import parse

    number = parse(VERSIONED[first][0], id_)
    assert number is not None
    return number


def test_what_is_looked_up_has_the_tag_that_its_verbs_ask_for(shop: ApiShop) -> None:
    for first, id_ in of_each(shop).items():
        if first == "notes":  # only on what they are about
            continue
        found = shop.owner.get(f"/{first}/{id_}")
        if found.status_code in (404, 405):  # only in lists: there the version stands in each of them
            [row] = [each for each in shop.owner.get(f"/{first}").json()["data"] if each["id"] == id_]
            assert row["version"] >= 1
            continue
        assert found.headers["etag"] == f'"{found.json()["version"]}"', first


def test_the_answer_of_a_verb_has_the_tag_for_the_next(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=2)
    picked = shop.owner.post(f"/orders/{order}/pick", if_match='"1"')
    assert picked.status_code == 200, picked.json()
    packed = shop.owner.post(f"/orders/{order}/pack", if_match=picked.headers["etag"])
    assert packed.status_code == 201, packed.json()
    assert shop.owner.post(f"/orders/{order}/unpick", if_match=picked.headers["etag"]).status_code == 412


def test_what_its_version_does_not_say_is_told_anew(shop: ApiShop) -> None:
    shop.sku("lamp", stock=5)
    order = shop.order(lamp=1)
    seen = shop.owner.get(f"/orders/{order}")
    shop.do(ReceivePayment("bank_transfer", 100, order=order))
    again = shop.http.get(f"/api/v1/orders/{order}", headers=shop.owner.headers(if_none_match=seen.headers["etag"]))
    assert (again.status_code, again.json()["payment_status"]) == (200, "partly_paid")


@pytest.mark.parametrize("path", ["/parcels/{parcel}/ship", "/orders", "/supplier_payments/{payment}/reverse"])
def test_where_there_is_no_version_to_compare_with_it_is_not_passed_over(shop: ApiShop, path: str) -> None:
    body: Any = {"channel": "web", "lines": [{"sku": "lamp", "quantity": "1"}]} if path == "/orders" else {}
    asked = path.replace("{parcel}", "par_0000000000001").replace("{payment}", "spy_0000000000001")
    refused = shop.owner.post(asked, body, if_match='"1"')
    assert refused.status_code == 422
    assert "If-Match" in refused.json()["detail"]
