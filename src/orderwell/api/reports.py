"""Every report has an address; its parameters are those of the report."""

from collections.abc import Callable, Mapping
from typing import Any

from ..reports import REPORTS, Report
from .answers import list_of
from .answers.reports import ReportNameAnswer, answer_of
from .operations import Look, Operation, Query, read

OF_THE_BOOKS = ("books", "debts")  # these show what only the ledger's readers see


def operations() -> list[Operation]:
    every = read(
        "/reports", _names, name="list_reports", right="reports:read", result=list_of(ReportNameAnswer),
        summary="Every report, with its parameters.",
    )  # fmt: skip
    return [every, *(_address(report) for report in REPORTS.values())]


def _address(report: Report) -> Operation:
    text = " ".join((report.__doc__ or "").split())
    parameters = [Query(name, about, required=name in report.required) for name, about in report.parameters.items()]
    return read(
        f"/reports/{report.name}", _look(report), name=f"report_{report.name}", right=_right(report),
        result=answer_of(report), summary=text.split(". ")[0].rstrip(".") + ".", query=parameters,
    )  # fmt: skip


def _right(report: Report) -> str:
    return "ledger:read" if report.topic in OF_THE_BOOKS else "reports:read"


def _look(report: Report) -> Callable[[Look], Mapping[str, Any]]:
    return lambda look: report(look.connection, **look.query)


def _names(_: Look) -> Mapping[str, Any]:
    told = [
        {"name": each.name, "about": " ".join((each.__doc__ or "").split()), "parameters": dict(each.parameters)}
        for each in REPORTS.values()
    ]
    return {"object": "list", "data": told}
