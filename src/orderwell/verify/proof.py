"""`verify`: every check there is, on one moment of the data, while the system goes on working."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .. import schema
from ..kit.database import Database
from ..kit.tables import TABLES
from . import (
    arrivals,
    banking,
    bins,
    books,
    customers,
    deliveries,
    documents,
    drawers,
    history,
    paid,
    records,
    stock,
    units,
)  # fmt: skip
from .model import Report

PARTS = (
    records, units, stock, bins, arrivals, books, paid, banking, drawers, documents, customers, history, deliveries,
)  # fmt: skip
CHECKS = tuple(check for part in PARTS for check in part.CHECKS)
COUNTED = ("orders", "order_lines", "unit_moves", "stock_moves", "journal", "invoices", "events", "feed")


def verify(database: Database) -> Report:
    """Whether units, stock and cents are where history says they are. Changes nothing, and holds nobody up."""
    with database.reading() as connection:
        if database.kind == "sqlite" and not connection.connection.in_transaction:
            connection.exec_driver_sql("BEGIN")  # one moment for all the statements that follow
        return _report(connection)


def _report(connection: Connection) -> Report:
    every = [TABLES[name].sa for name in schema.LOCK_ORDER]
    kept = [TABLES[name].sa for name in schema.LOCK_ORDER if TABLES[name].append_only]
    report = Report()
    report.add(records.damaged_file(connection))
    if "file_damaged" in report.codes:
        return report
    report.add(records.guards(connection, kept))
    report.add(records.wrong_types(connection, every))
    if "wrong_type" in report.codes:
        return report  # sums of such rows would say nothing
    for check in CHECKS:
        report.add(check.breaks(connection))
    report.add(units.breaks(connection))
    report.add(history.digests(connection, kept))
    report.add(history.chain(connection))
    report.add(deliveries.breaks(connection))
    report.facts = _facts(connection, COUNTED)
    return report


def _facts(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    return {
        name: connection.execute(sa.select(sa.func.count()).select_from(TABLES[name].sa)).scalar_one() for name in names
    }
