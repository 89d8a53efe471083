"""A statement over HTTP, from import to match and back."""

from orderwell.worker import Worker
from tests.api.conftest import ApiShop

CSV = "date,amount,name,text\n2026-01-05,49.95,A. de Vries,lamp\nnever,1.00,,\n"


def test_imported_looked_at_matched_and_taken_back(shop: ApiShop) -> None:
    shop.sku("lamp", price="49.95", stock=5)
    order = shop.order(lamp=1)
    clerk = shop.client(role="accounting")
    imported = clerk.post("/bank_statements", {"format": "csv", "content": CSV}).json()
    assert (imported["added"], [each["line"] for each in imported["bad"]]) == (1, [3])
    worker = Worker(shop.app)
    worker.tick()
    worker.stop()

    [line] = clerk.get("/bank_lines", status="unmatched").json()["data"]
    assert clerk.get("/tasks", kind="unmatched_bank_line").json()["data"][0]["subject"] == line["id"]
    assert clerk.get(f"/bank_lines/{line['id']}").json()["candidates"] == []
    matched = clerk.post(f"/bank_lines/{line['id']}/match", {"targets": [{"order": order}]})
    assert (matched.status_code, matched.json()["status"]) == (200, "matched")
    [match] = matched.json()["matches"]
    assert clerk.get("/bank_lines", status="unmatched").json()["data"] == []

    back = clerk.post(f"/bank_matches/{match['id']}/take_back", {"reason": "typing error"})
    assert (back.status_code, back.json()["status"]) == (200, "unmatched")
    assert clerk.get("/bank_lines", status="strange").status_code == 422
    assert shop.client(role="warehouse").get("/bank_lines").status_code == 403
