"""What `make bench` says about its figures."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bench import results
from bench.replay import _first, _make_up
from bench.results import Result, Sample, keep, middle, table
from orderwell.replay.read import read


@pytest.mark.parametrize(
    ("ratio", "better", "met"),
    [(0.7, "higher", True), (0.69, "higher", False), (1.2, "lower", True), (1.21, "lower", False)],
)
def test_a_target_is_met_from_its_own_side(ratio, better, met):
    target = 0.7 if better == "higher" else 1.2
    assert Result("x", ratio, target, better, "a / b").met is met


def test_each_figure_has_its_own_median():
    samples = [Sample(100, 5, 9, 10, 1), Sample(300, 4, 8, 20, 3), Sample(200, 6, 7, 30, 2)]
    assert middle(samples) == Sample(200, 5, 8, 20, 2)
    assert middle(samples).cpu_us == 22


def test_figures_stand_on_the_right():
    assert table([("case", "a"), ("x", "12.5")]) == "case     a\n----  ----\nx     12.5"


def test_what_is_kept_names_ratio_commit_settings_and_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "LATEST", tmp_path / "results" / "latest.json")
    keep([Result("one", 0.5, 0.7, "higher", "a / b", {"rows": 3})], {}, {"seconds": 3})
    kept = json.loads((tmp_path / "results" / "latest.json").read_text())
    assert kept["results"] == [
        {"name": "one", "ratio": 0.5, "target": 0.7, "better": "higher", "of": "a / b", "met": False, "rows": 3}
    ]
    assert kept["settings"] == {"seconds": 3}
    assert {"cpu", "cores", "memory_gib", "python", "sqlite", "load_average"} <= kept["machine"].keys()
    assert "commit" in kept


def test_the_made_up_year_is_large_enough_and_wholly_readable(tmp_path: Path):
    _make_up(tmp_path / "year.csv")
    reading = read(tmp_path / "year.csv")
    kinds = Counter(document.kind for document in reading.documents)
    assert reading.rows >= 60_000
    assert not reading.refused
    assert kinds == {"sale": 2_750, "credit_note": 250}


def test_the_beginning_of_a_file_holds_whole_documents(tmp_path: Path):
    _make_up(tmp_path / "year.csv")
    whole = read(tmp_path / "year.csv").documents
    part = read(_first(tmp_path / "year.csv", 20, tmp_path)).documents
    assert [(d.number, len(d.rows)) for d in part] == [(d.number, len(d.rows)) for d in whole[:20]]
