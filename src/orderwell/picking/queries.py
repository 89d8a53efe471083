"""Reading pick lists: lines in walking order, with the codes that people and scanners read. SQL and nothing else."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from .answers import shown
from .model import PickLine, PickList
from .store import PICK_LINES

CODES = """
    SELECT p.pick_list_id, p.n, k.code AS sku_code, k.name, b.code AS bin_code, o.reference
    FROM pick_lines p JOIN skus k ON k.id = p.sku_id JOIN orders o ON o.id = p.order_id
    LEFT JOIN bins b ON b.id = p.bin_id WHERE p.pick_list_id IN :lists
"""


def told(connection: Connection, rows: Sequence[PickList]) -> list[dict[str, Any]]:
    """Lists with their lines."""
    ids = [row.id for row in rows]
    lines: dict[int, list[PickLine]] = {each: [] for each in ids}
    mine = sa.select(PICK_LINES.sa).where(PICK_LINES.c.pick_list_id.in_(ids))
    for line in connection.execute(mine.order_by(PICK_LINES.c.pick_list_id, PICK_LINES.c.n)):
        lines[line.pick_list_id].append(PickLine(*line))
    query = sa.text(CODES).bindparams(sa.bindparam("lists", expanding=True))
    codes = {(each.pick_list_id, each.n): each for each in connection.execute(query, {"lists": ids})}
    answers = []
    for row in rows:
        answer = shown(row, lines[row.id])
        for told_line in answer["lines"]:
            found = codes[row.id, told_line["line"]]
            told_line |= {
                "sku_code": found.sku_code, "name": found.name, "bin_code": found.bin_code,
                "order_reference": found.reference,
            }  # fmt: skip
        answers.append(answer)
    return answers
