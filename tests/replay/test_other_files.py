"""Any file with these columns can be replayed; a row that fits no rule is refused by its line and stops nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from orderwell.app import App
from orderwell.kit.errors import Invalid
from orderwell.replay.read import read
from orderwell.replay.run import replay, summary
from orderwell.verify.proof import verify
from tests.replay.test_days import opened as opened

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
GOOD = "100001,LAMP,A lamp,2,2011-03-01 10:00:00,4.50,C-7,France\n"


def written(path: Path, text: str) -> Path:
    file = path / "file.csv"
    file.write_text(HEADER + text)
    return file


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("X1,LAMP,A lamp,2,2011-03-01 10:00:00,4.50,7,France", "InvoiceNo"),
        ("100002,LAMP,A lamp,two,2011-03-01 10:00:00,4.50,7,France", "Quantity is no whole number"),
        ("100002,LAMP,A lamp,1.5,2011-03-01 10:00:00,4.50,7,France", "Quantity is no whole number"),
        ("100002,LAMP,A lamp,0,2011-03-01 10:00:00,4.50,7,France", "Quantity is zero"),
        ("100002,LAMP,A lamp,2,2011-03-01,4.50,7,France", "InvoiceDate"),
        ("100002,LAMP,A lamp,2,2011-02-30 10:00:00,4.50,7,France", "InvoiceDate"),
        ("100002,LAMP,A lamp,2,2011-03-01 10:00:00,free,7,France", "UnitPrice is no number"),
        ("100002,LAMP,A lamp,2,2011-03-01 10:00:00,NaN,7,France", "UnitPrice is no number"),
        ("100002,LAMP,A lamp,2,2011-03-01 10:00:00,1e99,7,France", "UnitPrice is no number"),
        ("100002,LAMP,A lamp,2,2011-03-01 10:00:00,1.00001,7,France", "UnitPrice is no number"),
        ("100002,LAMP,A lamp,2,2011-03-01 10:00:00,-1,7,France", "UnitPrice is below zero"),
        ("100002,LAMP,A lamp,-2,2011-03-01 10:00:00,1,7,France", "credit notes begin with C"),
        ("100002,,A lamp,2,2011-03-01 10:00:00,1,7,France", "StockCode"),
        ("100001,LAMP,A lamp,2,2011-03-01 10:00:00,1,8,France", "another CustomerID"),
        ("100002,LAMP", "2 fields instead of 8"),
    ],
)
def test_a_row_that_fits_no_rule_is_refused_by_its_line(tmp_path: Path, row: str, reason: str) -> None:
    reading = read(written(tmp_path, GOOD + row + "\n" + GOOD))
    assert [refused.line for refused in reading.refused] == [3]
    assert reason in reading.refused[0].reason
    assert [len(document.rows) for document in reading.documents] == [2]


def test_a_file_that_is_none_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="cannot be read"):
        read(tmp_path / "nothing.csv")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n1,2\n")
    with pytest.raises(Invalid, match="lacks the columns InvoiceNo"):
        read(wrong)


def test_codes_nobody_has_seen_and_odd_documents_go_through(opened: Callable[[], App], tmp_path: Path) -> None:
    app = opened()
    file = written(
        tmp_path,
        GOOD
        + '100001,ø-9,"Tea, green",3,2011-03-01 10:00:00,0.125,C-7,France\n'
        + "100001,LAMP,broken,-1,2011-03-01 10:00:00,0,C-7,France\n"  # sold and lost in one document
        + "C100002,LAMP,A lamp,-5,2011-03-02 10:00:00,4.50,C-7,France\n"  # more than was ever bought
        + "C100003,LAMP,A lamp,1,2011-03-02 11:00:00,4.50,,France\n"  # a credit line kept as it stands
        + "A100004,B,Adjust,1,2011-03-03 10:00:00,-3.00,,France\n"
        + "bad\n",
    )
    told = summary(app, replay(app, file))
    assert told["rows_refused"] == 1
    assert told["refused_rows"] == [{"line": 8, "reason": "no row of this file: 1 fields instead of 8"}]
    assert told["refusals"] == {"no row of this file: 1 fields instead of 8": 1}
    assert (told["invoiced"], told["credited"], told["bad_debt"]) == ("9.38", "-18.00", "-3.00")
    assert told["receivable"] == "-11.62"
    assert told["documents"] == 4
    assert verify(app.database).clean
