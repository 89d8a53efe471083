"""Statements as banks write them: amounts, days, columns, CAMT.053; and rows that make no sense."""

import pytest

from orderwell.banking.model import Row, Written
from orderwell.banking.reading import MAX_ROWS, read_camt, read_csv, understand
from orderwell.kit.errors import Invalid

TODAY = "2026-01-31"


def taken(text: str, direction: str = "") -> int | str:
    """The amount, or the code of what is wrong with it."""
    fields = {"booked_on": "2026-01-05", "amount": text, "direction": direction}
    lines, bad = understand([Row(1, fields)], account="", currency="EUR", today=TODAY)
    return lines[0].amount_minor if lines else bad[0].code


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12.50", 1250), ("12,50", 1250), ("12,5", 1250), ("12", 1200), ("-12.50", -1250), ("+12,50", 1250),
        ("1.234,56", 123456), ("1,234.56", 123456), ("1 234,56", 123456), ("1.234.567", 123456700),
        ("1.234.567,89", 123456789), ("1,234.567", "not_an_amount"), ("1.234", "not_an_amount"),
        ("12.345,6", 1234560), ("", "not_an_amount"), ("abc", "not_an_amount"), ("0.00", "not_an_amount"),
        ("1e5", "not_an_amount"), ("12.34.56", "not_an_amount"), ("1,23,456", "not_an_amount"),
        ("9" * 31, "not_an_amount"), ("--5", "not_an_amount"), ("٣", "not_an_amount"),
    ],
)  # fmt: skip
def test_amounts(text: str, minor: int | str) -> None:
    assert taken(text) == minor


def test_a_column_may_say_which_way_it_went() -> None:
    assert [taken("5,00", way) for way in ("af", "bij", "debit", "credit", "DBIT".lower(), "CRDT".lower())] == [
        -500, 500, -500, 500, -500, 500,
    ]  # fmt: skip
    assert taken("5,00", "sideways") == "not_a_direction"


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-05", "2026-01-05"), ("20260105", "2026-01-05"), ("05-01-2026", "2026-01-05"),
        ("05/01/2026", "2026-01-05"), ("31-02-2026", "not_a_day"), ("tomorrow", "not_a_day"), ("", "not_a_day"),
        ("2026-02-01", "in_the_future"),
    ],
)  # fmt: skip
def test_days(text: str, day: str) -> None:
    rows = [Row(1, {"booked_on": text, "amount": "1.00"})]
    lines, bad = understand(rows, account="", currency="EUR", today=TODAY)
    assert (lines[0].booked_on if lines else bad[0].code) == day


def test_a_dutch_banks_csv() -> None:
    content = (
        '"Datum";"Naam / Omschrijving";"Rekening";"Tegenrekening";"Code";"Af Bij";"Bedrag (EUR)";"Mededelingen"\n'
        '"20260105";"A. de Vries";"NL01BANK0123456789";"NL02 BANK 0987";"GT";"Bij";"49,95";"order 10; met dank"\n'
        '"20260105";"Huisbaas";"NL01BANK0123456789";"NL03BANK01";"OV";"Af";"1.200,00";"huur"\n'
    )
    lines, bad = understand(read_csv(content), account="", currency="EUR", today=TODAY)
    assert bad == []
    assert lines == [
        Written("NL01BANK0123456789", "2026-01-05", 4995, "EUR", "A. de Vries", "NL02BANK0987",
                "order 10; met dank", ""),
        Written("NL01BANK0123456789", "2026-01-05", -120000, "EUR", "Huisbaas", "NL03BANK01", "huur", ""),
    ]  # fmt: skip


def test_bad_rows_are_told_by_their_line_and_spoil_no_other() -> None:
    content = "date,amount,currency,text\n2026-01-05,1.00,,a\nnever,1.00,,b\n\n2026-01-05,1.00,USD,c\n2026-01-06\n"
    lines, bad = understand(read_csv(content + "2026-01-06,2.00,eur,d\n"), account="", currency="EUR", today=TODAY)
    assert [line.text for line in lines] == ["a", "d"]
    assert [(each.n, each.code) for each in bad] == [(3, "not_a_day"), (5, "other_currency"), (6, "not_an_amount")]


@pytest.mark.parametrize("content", ["", "a,b\n1,2\n", "amount\n1\n", 'date,amount\n"' + "x" * 200_000])
def test_what_is_no_csv_is_refused(content: str) -> None:
    with pytest.raises(Invalid):
        read_csv(content)


def test_too_many_lines_at_once() -> None:
    with pytest.raises(Invalid, match="At most"):
        read_csv("date,amount\n" + "2026-01-05,1.00\n" * (MAX_ROWS + 1))


CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>
<Acct><Id><IBAN>NL01BANK0123456789</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">49.95</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
 <BookgDt><Dt>2026-01-05</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef>
 <NtryDtls><TxDtls><Refs><EndToEndId>E2E-7</EndToEndId></Refs>
  <RltdPties><Dbtr><Pty><Nm>A. de Vries</Nm></Pty></Dbtr>
   <DbtrAcct><Id><IBAN>NL02BANK09</IBAN></Id></DbtrAcct></RltdPties>
  <RmtInf><Ustrd>INV-000042</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
 <BookgDt><DtTm>2026-01-06T10:00:00</DtTm></BookgDt>
 <NtryDtls><TxDtls><Amt Ccy="EUR">10.00</Amt><RmtInf><Ustrd>one</Ustrd></RmtInf></TxDtls>
  <TxDtls><Amt Ccy="EUR">20.00</Amt><RmtInf><Strd><CdtrRefInf><Ref>RF18</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>
 </NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
 <BookgDt><Dt>2026-01-07</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts>
 <BookgDt><Dt>2026-01-07</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def test_camt_053() -> None:
    lines, bad = understand(read_camt(CAMT), account="", currency="EUR", today=TODAY)
    assert bad == []
    ours = "NL01BANK0123456789"
    assert lines == [
        Written(ours, "2026-01-05", 4995, "EUR", "A. de Vries", "NL02BANK09", "INV-000042 E2E-7", "B1"),
        Written(ours, "2026-01-06", 1000, "EUR", "", "", "one", ""),
        Written(ours, "2026-01-06", 2000, "EUR", "", "", "RF18", ""),
        Written(ours, "2026-01-07", -500, "EUR", "", "", "", ""),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "", "<a/>", "nonsense", '<!DOCTYPE x [<!ENTITY a "b">]><Document>&a;</Document>',
        '<?xml version="1.0" encoding="utf-16"?><a/>',
    ],
)  # fmt: skip
def test_what_is_no_camt_is_refused(content: str) -> None:
    with pytest.raises(Invalid):
        read_camt(content)
