"""Suppliers, what they sell to us on which terms, and when to order again."""

from collections.abc import Mapping
from typing import Any

from ...flows.keep_suppliers import AddSupplier, SetReorderRule, SetSupplierSku
from ...reports import purchasing
from ..addresses import N_, WebAddress, form, page
from ..visit import Visit
from .purchasing import READ, STATUSES, WRITE

PER_PAGE = 50


def addresses() -> list[WebAddress]:
    suppliers, rules = "/purchasing/suppliers", "/purchasing/rules"
    return [
        page(suppliers, listed, right=READ, template="purchasing/suppliers.html"),
        form(suppliers, AddSupplier, right=WRITE, done=N_("The supplier is added."), then=_to),
        page(f"{suppliers}/{{supplier}}", one, right=READ, template="purchasing/supplier.html"),
        form(f"{suppliers}/{{supplier}}/skus", SetSupplierSku, right=WRITE, done=N_("The terms are kept.")),
        page(rules, reordering, right=READ, template="purchasing/rules.html"),
        form(rules, SetReorderRule, right=WRITE, done=N_("The rule is kept.")),
    ]


def listed(visit: Visit) -> Mapping[str, Any]:
    return {"suppliers": purchasing.suppliers(visit.connection)}


def one(visit: Visit) -> Mapping[str, Any]:
    found = purchasing.supplier(visit.connection, visit.path["supplier"], today=visit.today)
    return {"supplier": found, "statuses": STATUSES}


def reordering(visit: Visit) -> Mapping[str, Any]:
    text = visit.ask("q")
    found = purchasing.reorder_rules(visit.connection, search=text, limit=PER_PAGE, after=visit.ask("cursor"))
    sku, place = visit.ask("sku"), visit.ask("at")
    return {
        "changing": purchasing.reorder_rule(visit.connection, sku, place) if sku and place else None,
        "rules": found["data"],
        "next_cursor": found["next_cursor"],
        "filters": {"q": text} if text else {},
        "location_choices": purchasing.places(visit.connection),
        "supplier_choices": [(each["reference"], each["name"]) for each in purchasing.suppliers(visit.connection)],
    }


def _to(answer: Mapping[str, Any]) -> str:
    return f"/purchasing/suppliers/{answer['id']}"
