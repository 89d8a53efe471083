"""Answers are described to the last member, and are what the description says."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from orderwell.api.operations import Plain, Read, Verb
from orderwell.flows.cancel_order import CancelOrder
from orderwell.flows.fulfil_order import FulfilOrder
from orderwell.flows.keep_access import AddPerson
from orderwell.flows.keep_catalog import AddProduct, AddSku
from orderwell.flows.keep_tasks import CloseTask
from orderwell.flows.place_order import LineAsk, PlaceOrder
from orderwell.flows.receive_payment import ReceivePayment
from orderwell.flows.refund_payment import DropRefund
from tests.api.conftest import ApiShop
from tests.support.answers import answer_schema, as_described, look_at_everything, operations

# Members that differ by what they are about, and say so in their name: the facts of an event, of a problem …
OPEN_ENDED = {
    "EventAnswer/data", "OrderEventAnswer/data", "ProblemAnswer/facts", "BatchItem/body",
    "ReportNameAnswer/parameters", "PersonalDataAnswer/data", "ReportAnswer/checked",
    "ReportAnswer/counts",
}  # fmt: skip


def test_no_operation_answers_with_just_anything(shop: ApiShop) -> None:
    described = shop.http.get("/api/v1/openapi.json").json()
    components = described["components"]["schemas"]
    vague = set()
    for operation in shop.api.operations:
        if isinstance(operation, Verb | Read | Plain) and operation.result is not None:
            schema = answer_schema(described, operation)
            name = schema["$ref"].rpartition("/")[2]
            told = components[name]
            assert told["properties"]["object"]["const"], operation.name
            assert len(told["properties"]) >= 2, operation.name
            vague |= set(_vague(components, name, set()))
    assert vague == OPEN_ENDED - {"ProblemAnswer/facts"}


def _vague(components: dict[str, Any], name: str, seen: set[str]) -> Iterator[str]:
    """Members below this type that may hold anything."""
    if name in seen:
        return
    seen.add(name)
    for member, schema in components[name]["properties"].items():
        yield from (f"{name}/{member}" for part in _parts(schema) if _anything(part))
        for reference in re.findall(r"#/components/schemas/([^']+)'", str(schema)):
            yield from _vague(components, reference, seen)


def _parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for part in schema.get("anyOf", [schema]):
        yield from _parts(part["items"]) if "items" in part else [part]


def _anything(schema: dict[str, Any]) -> bool:
    return not schema.keys() & {"$ref", "type", "const", "enum"} or schema.get("type") == "object"


def test_lists_are_pages_of_what_is_in_them(shop: ApiShop) -> None:
    described = shop.http.get("/api/v1/openapi.json").json()
    for operation in shop.api.operations:
        if isinstance(operation, Read) and any(each.name in ("cursor", "after") for each in operation.query):
            name = answer_schema(described, operation)["$ref"].rpartition("/")[2]
            page = described["components"]["schemas"][name]
            assert {"data", "has_more", "next_cursor"} <= set(page["required"]), operation.name
            assert page["properties"]["data"]["items"]["$ref"], operation.name


def test_what_no_story_tells_is_as_described_too(shop: ApiShop) -> None:
    shop.do(AddProduct("lamps", "Lamps"))
    shop.do(AddSku("lamp", "Lamp", price=Decimal("49.95"), product="lamps"))
    shop.stock("lamp", 5)
    shop.do(AddPerson("Noor", "noor@example.com", ["warehouse"]))
    shop.do(FulfilOrder(PlaceOrder("web", [LineAsk("lamp", Decimal(1))])))
    order = shop.order(lamp=1)
    shop.do(CancelOrder(order))
    shop.do(ReceivePayment("bank_transfer", 4_995, order=order))  # late: a task, and a refund that is proposed
    for task in shop.owner.get("/tasks").json()["data"]:
        shop.do(CloseTask(task["id"]))
    for refund in shop.owner.get("/refunds").json()["data"]:
        shop.do(DropRefund(refund["id"]))
    read = look_at_everything(shop.app.database)
    assert {"get_product", "get_order", "list_refunds", "list_people", "sku_movements"} <= read
    for account in ("receivable", "bank"):
        card = shop.owner.get("/reports/ledger_card", account=account).json()
        assert as_described("report_ledger_card", card)["data"]


def test_every_list_and_report_is_as_described_when_there_is_nothing(shop: ApiShop) -> None:
    nothing_given = {
        name for name, each in operations().items()
        if isinstance(each, Read) and not each.path_fields and not any(query.required for query in each.query)
    }  # fmt: skip
    assert look_at_everything(shop.app.database) >= nothing_given


def test_secrets_are_described_and_told_once(shop: ApiShop) -> None:
    for path, body, name in (
        ("/api_keys", {"name": "Web shop", "scopes": ["orders:read"]}, "create_api_key"),
        ("/webhook_endpoints", {"url": "https://shop.example.com/hooks"}, "add_webhook_endpoint"),
    ):
        first = as_described(name, shop.owner.post(path, body, key=f"once-{name}").json())
        again = as_described(name, shop.owner.post(path, body, key=f"once-{name}").json())
        assert first.pop("secret")
        assert first == again
