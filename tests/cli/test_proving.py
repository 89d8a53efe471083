"""`report` and `export`: the same answers as the API's, on standard out, for other programs."""

import csv
import io

from tests.cli.conftest import Run


def sold(run: Run, house: str) -> None:
    order = run("orders", "place", "--channel", "web", "--line", "lamp=2", "--database", house, "--json").json["id"]
    assert run("orders", "ship", order, "--database", house).code == 0


def test_a_report_answers_with_json_and_its_parameters(run: Run, house: str) -> None:
    sold(run, house)
    balance = run("report", "trial_balance", "--database", house, "--json")
    assert balance.code == 0, balance.err
    assert "receivable" in balance.out
    listed = run("report", "list", "--json").json
    assert "trial_balance" in [each["name"] for each in listed]
    assert all(each["what"] for each in listed)


def test_a_report_that_is_none_or_a_parameter_that_is_none_is_refused(run: Run, house: str) -> None:
    unknown = run("report", "weather", "--database", house, "--json")
    assert (unknown.code, unknown.out) == (3, "")
    assert "trial_balance" in unknown.err
    assert run("report", "trial_balance", "--param", "nonsense", "--database", house).code == 2
    assert run("report", "trial_balance", "--param", "colour=blue", "--database", house).code == 2


def test_the_journal_is_exported_in_each_format(run: Run, house: str) -> None:
    sold(run, house)
    words = ("export", "journal", "--database", house, "--format")
    for name in ("hledger", "beancount"):
        said = run(*words, name)
        assert said.code == 0, said.err
        assert "99.90" in said.out or "82.56" in said.out
    rows = list(csv.reader(io.StringIO(run(*words, "csv").out)))
    assert len(rows) == 1 + 4  # opening stock, invoice (sales and VAT), cost of goods
    assert run(*words, "abacus").code == 2
