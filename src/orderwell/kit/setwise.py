"""Many rows at once, in a transaction outside the writer: for what is kept beside the business, like the feed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Connection

from .postgres import arrays, keyed, unnest
from .session import Rows
from .tables import Table


def insert(connection: Connection, table: Table[Any], rows: Rows) -> None:
    """At least one row."""
    columns = ", ".join(table.columns)
    if connection.dialect.name == "postgresql":
        sql = f"INSERT INTO {table.name} ({columns}) SELECT * FROM {unnest(table, table.columns)}"
        connection.exec_driver_sql(sql, tuple(arrays(table, table.columns, rows)))
    else:
        marks = ", ".join("?" for _ in table.columns)
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", list(rows))


def delete(connection: Connection, table: Table[Any], keys: Sequence[tuple[Any, ...]]) -> None:
    """By whole keys, at least one."""
    if connection.dialect.name == "postgresql":
        matched = " AND ".join(f"t.{column} = k.{column}" for column in table.key)
        sql = f"DELETE FROM {table.name} t USING {keyed(table, table.key)} WHERE {matched}"
        connection.exec_driver_sql(sql, tuple(arrays(table, table.key, keys)))
    else:
        matched = " AND ".join(f"{column} = ?" for column in table.key)
        connection.exec_driver_sql(f"DELETE FROM {table.name} WHERE {matched}", list(keys))
