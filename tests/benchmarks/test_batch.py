"""The benchmarks of a batch at tiny sizes: answers are compared and figures have their shape; no test of time."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pyarrow.parquet as pq
import pytest

from benchmarks import batch, growth
from benchmarks._growth_plot import drawn
from benchmarks._yardstick import write_rules
from tests.benchmarks.test_over_the_wire import check_shape

ANSWERS = """
import hashlib
import pyarrow as pa
SCHEMA = pa.schema([("agreement", pa.string()), ("numerator", pa.int64()), ("capped_cents", pa.int64())])
def digest(table):
    return hashlib.sha256(repr(table.to_pylist()).encode()).hexdigest()
"""
RIVAL = 'import json; print(json.dumps({"seconds": 1.0, "peak_mb": 1, "events": 0, "digest": DIGEST}))'


@pytest.fixture
def yardstick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "yardstick"
    (folder / "rivals").mkdir(parents=True)
    (folder / "answers.py").write_text(ANSWERS)
    (folder / "rivals" / "scan.py").write_text(RIVAL.replace("DIGEST", "None"))
    (folder / "rivals" / "wrong.py").write_text(RIVAL.replace("DIGEST", '"other"'))
    monkeypatch.setenv("MALUS_YARDSTICK", str(folder))
    return folder


def test_batch_tells_seconds_memory_and_ratios_and_refuses_other_answers(yardstick: Path, tmp_path: Path) -> None:
    write_rules(tmp_path / "rules", 1)
    data = tmp_path / "data"
    growth._write_events(data, 100, 1, 24, shuffled=True)
    figures = batch.compared(data, tmp_path, ["scan"], 1)
    check_shape({**figures, "short_of": []}, {"scan"}, 100)
    assert figures["agreements_folded"] == 1
    with pytest.raises(AssertionError, match="wrong answers otherwise"):
        batch.agreeing("wrong", data, figures["digest"])


def test_shuffled_rows_are_the_same_rows_and_come_to_the_same_answer(yardstick: Path, tmp_path: Path) -> None:
    write_rules(tmp_path / "rules", 2)
    growth._write_events(tmp_path / "data", 300, 2, 24, shuffled=False)
    batch.shuffle(tmp_path / "data", tmp_path / "shuffled")
    rows = [pq.read_table(tmp_path / name).to_pylist() for name in ("data", "shuffled")]
    assert rows[0] != rows[1]
    assert sorted(map(str, rows[0])) == sorted(map(str, rows[1]))
    figures = [batch.compared(tmp_path / name, tmp_path, [], 1) for name in ("data", "shuffled")]
    assert figures[0]["digest"] == figures[1]["digest"]


def test_without_a_yardstick_batch_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MALUS_YARDSTICK", raising=False)
    with pytest.raises(SystemExit, match="MALUS_YARDSTICK"):
        batch.measure(full=False)


def test_growth_tells_how_each_size_grows_and_that_order_changes_nothing() -> None:
    figures = growth.compared(60, 1, 2, 1)
    check_shape(figures, set(), 60)
    assert set(figures["growth"]) == {"base", "events", "agreements", "history", "shuffled"}
    picture = ElementTree.fromstring(drawn(json.loads(json.dumps(figures))))  # noqa: S314 - our own text
    said = [each.text or "" for each in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("How a batch grows. Base: 60 events of 1 agreements over 2 months") for text in said)
    assert f"{figures['growth']['events']:g}" in said
    assert f"{figures['memory_mb_of']['events']:g} MB" in said
