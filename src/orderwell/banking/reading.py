"""Reading statements: CSV with a heading line, and CAMT.053. Pure. A row that makes no sense spoils no other."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from ..kit.errors import Invalid
from ..kit.sentences import Sentence
from ..values.calendar import is_day
from ..values.fields import MAX_AMOUNT
from ..values.money import digits
from .model import Bad, Row, Written

MAX_ROWS = 5_000
MAX_TEXT = 500

# Our name of a column → how banks head it, in lower letters.
HEADINGS = {
    "booked_on": ("booked_on", "date", "booking date", "datum", "boekdatum"),
    "amount": ("amount", "bedrag", "bedrag (eur)", "amount (eur)"),
    "direction": ("direction", "debit/credit", "af bij"),
    "currency": ("currency", "munt"),
    "counterparty": ("counterparty", "name", "name / description", "naam / omschrijving", "naam tegenpartij"),
    "counterparty_account": ("counterparty_account", "counterparty", "tegenrekening", "tegenrekening iban/bban"),
    "text": ("text", "description", "remittance", "notifications", "mededelingen", "omschrijving", "omschrijving-1"),
    "bank_reference": ("bank_reference", "transaction reference", "volgnr", "transactiereferentie"),
    "account": ("account", "rekening", "iban/bban"),
}
OUT, IN = ("debit", "dbit", "d", "af", "debet"), ("credit", "crdt", "c", "bij")
DAYS = (
    (re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII), "{0}-{1}-{2}"),
    (re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII), "{0}-{1}-{2}"),
    (re.compile(r"(\d{2})[-/.](\d{2})[-/.](\d{4})", re.ASCII), "{2}-{1}-{0}"),
)
NUMBER = re.compile(r"([+-]?)(\d[\d.,]{0,30})", re.ASCII)


def understand(rows: Iterable[Row], *, account: str, currency: str, today: str) -> tuple[list[Written], list[Bad]]:
    """What each row says, and which rows say nothing that can be taken."""
    lines, bad = [], []
    for row in rows:
        try:
            lines.append(_line(row.fields, account, currency, today))
        except ValueError as error:
            code, _, detail = str(error).partition(": ")
            bad.append(Bad(row.n, code, detail))
    return lines, bad


def read_csv(content: str) -> list[Row]:
    """Rows by their line in the file, with the fields that its heading names. Raises Invalid for one without them."""
    reader = csv.reader(io.StringIO(content.lstrip("\ufeff")), delimiter=_delimiter(content))
    try:
        heading = [each.strip().lower() for each in next(reader, [])]
        columns = {ours: at for ours, theirs in HEADINGS.items() if (at := _column(heading, theirs)) is not None}
        if not {"booked_on", "amount"} <= columns.keys():
            raise Invalid.at("/content", "The first line must head the columns: date, amount …", "no_heading")
        rows = []
        for cells in reader:
            if any(cell.strip() for cell in cells):
                fields = {ours: cells[at].strip() if at < len(cells) else "" for ours, at in columns.items()}
                rows.append(Row(reader.line_num, fields))
    except csv.Error as error:
        raise Invalid.at(
            "/content", Sentence("It cannot be read as CSV: {error}.", error=str(error)), "not_csv"
        ) from None
    return _not_too_many(rows)


def read_camt(content: str) -> list[Row]:
    """Booked entries of a CAMT.053, by their place in it. Raises Invalid for what is none."""
    if "<!DOCTYPE" in content or "<!ENTITY" in content:
        raise Invalid.at("/content", "A statement declares no document type and no entities.", "not_camt")
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError) as error:  # ValueError: an encoding the text cannot have
        raise Invalid.at("/content", Sentence("It is no XML: {error}.", error=str(error)), "not_camt") from None
    statements = [each for each in root.iter() if _tag(each) == "Stmt"]
    if not statements:
        raise Invalid.at("/content", "There is no statement (Stmt) in it.", "not_camt")
    rows: list[Row] = []
    for statement in statements:
        account = _text(statement, "Acct", "Id", "IBAN")
        for entry in statement:
            if _tag(entry) == "Ntry" and (_text(entry, "Sts", "Cd") or _text(entry, "Sts")) in ("BOOK", ""):
                rows += [Row(len(rows) + n, fields) for n, fields in enumerate(_entries(entry, account), 1)]
    return _not_too_many(rows)


# -- one row


def _line(fields: dict[str, str], account: str, currency: str, today: str) -> Written:
    """Raises ValueError: `code: sentence`."""
    told = (fields.get("currency") or currency).upper()
    if told != currency:
        raise ValueError(f"other_currency: It is in {told[:10]!r}, the books are in {currency}.")
    amount = _amount(fields.get("amount", ""), fields.get("direction", "").lower(), currency)
    texts = [fields.get(each, "")[:MAX_TEXT] for each in ("counterparty", "counterparty_account", "text")]
    if any("\0" in each for each in fields.values()):
        raise ValueError("nul_character: Text with a NUL character cannot be stored.")
    return Written(
        (fields.get("account") or account)[:100], _day(fields.get("booked_on", ""), today), amount, currency,
        texts[0], texts[1].replace(" ", ""), texts[2], fields.get("bank_reference", "")[:100],
    )  # fmt: skip


def _amount(text: str, direction: str, currency: str) -> int:
    """Minor units. The last mark is the decimal one unless three digits follow it; alone, that could be either."""
    plain = text.replace(" ", "").replace("\u00a0", "")
    match = NUMBER.fullmatch(plain)
    if match is None:
        raise ValueError(f"not_an_amount: {text[:20]!r} is no amount, such as -12.50 or 1.234,56.")
    sign, number = match.groups()
    mark = max(number.rfind("."), number.rfind(","))
    after = len(number) - mark - 1 if mark >= 0 else 0
    places = digits(currency)
    if after == 3 and places != 3 and number.count(number[mark]) == 1 and not {".", ","} <= set(number):
        raise ValueError(f"not_an_amount: {text[:20]!r} could be thousands or decimals; write it with decimals.")
    if mark >= 0 and after <= places:
        whole, rest = number[:mark], number[mark + 1 :].ljust(places, "0")
    else:
        whole, rest = number, "0" * places
    if not re.fullmatch(r"\d+|\d{1,3}([.,]\d{3})+", whole) or len({*whole} - {*"0123456789"}) > 1:
        raise ValueError(f"not_an_amount: {text[:20]!r} is no amount, such as -12.50 or 1.234,56.")
    minor = int(re.sub(r"[.,]", "", whole) + rest)
    if minor == 0 or minor > MAX_AMOUNT:
        raise ValueError("not_an_amount: The amount is zero, or more than can be booked.")
    if direction and direction not in (*OUT, *IN):
        raise ValueError(f"not_a_direction: {direction[:20]!r} is neither debit nor credit.")
    return -minor if sign == "-" or direction in OUT else minor


def _day(text: str, today: str) -> str:
    for pattern, shape in DAYS:
        match = pattern.fullmatch(text.strip())
        if match is not None:
            day = shape.format(*match.groups())
            if not is_day(day):
                break
            if day > today:
                raise ValueError(f"in_the_future: {day} has not come yet.")
            return day
    raise ValueError(f"not_a_day: {text[:20]!r} is no day, such as 2026-01-31.")


# -- CSV


def _delimiter(content: str) -> str:
    first = content.lstrip("\ufeff").split("\n", 1)[0]
    return max(",;\t", key=first.count)


def _column(heading: list[str], names: Iterable[str]) -> int | None:
    return next((heading.index(name) for name in names if name in heading), None)


def _not_too_many(rows: list[Row]) -> list[Row]:
    if len(rows) > MAX_ROWS:
        raise Invalid.at(
            "/content",
            Sentence("At most {most} lines at once; these are {count}.", most=MAX_ROWS, count=len(rows)),
            "too_large",
        )
    return rows


# -- CAMT.053: names without their namespace, which carries the version


def _entries(entry: ElementTree.Element, account: str) -> Iterator[dict[str, str]]:
    """An entry is a line; a batch whose transactions have amounts of their own is one a transaction."""
    amount = _child(entry, "Amt")
    base = {
        "account": account,
        "amount": _text(entry, "Amt"),
        "currency": amount.get("Ccy", "") if amount is not None else "",
        "direction": _text(entry, "CdtDbtInd"),
        "booked_on": (_text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm"))[:10],
        "bank_reference": _text(entry, "AcctSvcrRef") or _text(entry, "NtryRef"),
    }
    details = [each for part in entry if _tag(part) == "NtryDtls" for each in part if _tag(each) == "TxDtls"]
    parts = details if len(details) > 1 and all(_text(each, "Amt") for each in details) else []
    for one in parts or [details[0] if details else entry]:
        told = {**base, **_transaction(one, base["direction"])}
        yield {**told, "amount": _text(one, "Amt") or base["amount"]} if parts else told


def _transaction(one: ElementTree.Element, direction: str) -> dict[str, str]:
    side = "Dbtr" if direction == "CRDT" else "Cdtr"
    said = [each.text or "" for part in one if _tag(part) == "RmtInf" for each in part if _tag(each) == "Ustrd"]
    structured = _text(one, "RmtInf", "Strd", "CdtrRefInf", "Ref")
    end_to_end = _text(one, "Refs", "EndToEndId")
    words = [*said, structured, "" if end_to_end in ("NOTPROVIDED", "") else end_to_end]
    return {
        "counterparty": _text(one, "RltdPties", side, "Nm") or _text(one, "RltdPties", side, "Pty", "Nm"),
        "counterparty_account": _text(one, "RltdPties", f"{side}Acct", "Id", "IBAN"),
        "text": " ".join(each for each in words if each),
    }


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: ElementTree.Element, name: str) -> ElementTree.Element | None:
    return next((each for each in element if _tag(each) == name), None)


def _text(element: ElementTree.Element, *path: str) -> str:
    found: ElementTree.Element | None = element
    for name in path:
        found = _child(found, name) if found is not None else None
    return (found.text or "").strip() if found is not None else ""
