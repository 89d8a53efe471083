"""The description is true: every flow is there, every example is understood, and the API does what it says."""

import json
import re
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from orderwell.api.decode import decode_members
from orderwell.api.operations import Plain, Read, Verb
from orderwell.api.routes import INTERNAL
from orderwell.kit.writer import STORIES
from tests.api.conftest import ApiShop
from tests.support.answers import closed

load_all_checks()


def test_every_flow_has_an_address_or_a_reason_to_have_none(shop: ApiShop) -> None:
    exposed = {each.ask for each in shop.api.operations if isinstance(each, Verb)}
    ours = {ask for ask in STORIES if ask.__module__.startswith("orderwell.")}
    assert {ask.__name__ for ask in ours - exposed - set(INTERNAL)} == set()
    assert exposed & set(INTERNAL) == set()


def test_every_example_is_a_request_that_is_understood(shop: ApiShop) -> None:
    for operation in shop.api.operations:
        if isinstance(operation, Verb):
            path = dict.fromkeys(operation.path_fields, "ord_0000000000001")
            asked = decode_members(operation.adapter, operation.example, path)
            assert isinstance(asked, operation.body)


def test_the_description_names_every_operation_with_its_right_and_schemas(shop: ApiShop) -> None:
    described = shop.http.get("/api/v1/openapi.json").json()
    assert described["openapi"] == "3.1.0"
    names = []
    for operation in shop.api.operations:
        if isinstance(operation, Plain) and operation.result is None:
            continue
        told = described["paths"][operation.path][operation.method.lower()]
        names.append(told["operationId"])
        assert told["x-right"] == operation.right
        assert told["summary"].endswith(".")
        done = next(told["responses"][status] for status in ("201", "200") if status in told["responses"])
        assert done["content"]["application/json"]["schema"]
        assert {"401", "403", "422", "503"} <= set(told["responses"])
        if isinstance(operation, Verb):
            body = told["requestBody"]["content"]["application/json"]
            assert "example" in body
            assert not set(operation.path_fields) & set(body["schema"].get("properties", {}))
        if isinstance(operation, Read):
            assert "requestBody" not in told
    assert len(names) == len(set(names)) > 90
    text = json.dumps(described)
    for name in set(re.findall(r"#/components/schemas/([^\"]+)", text)):
        assert name in described["components"]["schemas"]


def test_the_page_asks_nobody_else_for_anything(shop: ApiShop) -> None:
    page = shop.http.get("/docs").text
    files = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(files) >= 4
    for file in files:
        assert file.startswith("/docs")
        assert shop.http.get(file).status_code == 200
    assert "<script>" not in page
    tag = shop.http.get(files[0]).headers["etag"]
    assert shop.http.get(files[0], headers={"if-none-match": tag}).status_code == 304


def prepared(shop: ApiShop) -> str:
    """Something of most kinds, so that requests meet more than an empty shop; one existing order."""
    shop.sku("lamp", stock=1000)
    shop.customer("10042")
    shop.ship(shop.order(lamp=1, customer="10042"))
    return shop.order(lamp=1, customer="10042")


def try_everything(shop: ApiShop, examples: int) -> None:
    order = prepared(shop)
    described = shop.http.get("/api/v1/openapi.json").json()
    described["components"] = closed(described["components"])  # an answer may not hold more than it says, either
    schema = schemathesis.openapi.from_dict(described)
    schema.app = shop.api
    schema.config.generation.update(max_examples=examples)
    rejects = schema.config.checks.negative_data_rejection
    rejects.expected_statuses = [*rejects.expected_statuses, "413"]  # too long for its field is too long for a body
    names = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
             "unsupported_method", "negative_data_rejection", "missing_required_header")  # fmt: skip
    checks = [CHECKS.get_one(name) for name in names]
    broken: list[str] = []
    for each in schema.get_all_operations():
        operation = each.ok()

        @settings(
            max_examples=max(1, examples // 2), deadline=None, database=None, derandomize=True,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        def holds(case: Any) -> None:
            if case.meta.generation.mode == GenerationMode.NEGATIVE:
                if str(case.query.get("dry_run")).lower() in ("true", "false"):  # it needs no key then
                    del case.query["dry_run"]
            elif "order" in case.path_parameters and len(str(case.body)) % 2:
                case.path_parameters["order"] = order
            case.call_and_validate(headers=shop.owner.headers(), checks=checks)

        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            try:
                given(case=operation.as_strategy(generation_mode=mode))(holds)()
            except Unsatisfiable:
                assert mode == GenerationMode.NEGATIVE  # an operation without input cannot be sent a wrong one
            except (Exception, BaseExceptionGroup) as error:
                broken.append(f"{operation.label}: {error}")
    assert not broken, "\n\n".join(broken)


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("engine_kind", ["sqlite"], indirect=True)
def test_the_api_does_what_its_description_says(shop: ApiShop) -> None:
    try_everything(shop, 20)


@pytest.mark.prove
@pytest.mark.timeout(14_400)
def test_the_api_does_what_its_description_says_whatever_is_sent(shop: ApiShop) -> None:
    try_everything(shop, 200)
