"""A batch on Spark writes, byte for byte, what one on this machine writes; without Spark it says what is missing."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from malus.batch.answers import write_batch
from malus.batch.spark import rows_on_spark
from malus.command_line.app import app
from malus.command_line.batching import judged_batch, judged_on_spark
from malus.command_line.exits import Exit
from malus.composition import judge
from malus.model.faults import MalusError
from malus.operations.agreements import LoadedRules, load_agreements
from typer.testing import CliRunner

from benchmarks import _yardstick, growth
from tests.batch.plain_world import AS_OF, chance_of, random_rows, write_rows, write_rules

JUDGE = judge()
MOMENT = int(AS_OF.timestamp()) * 1_000_000
NAMES = ["acme", "bolt", "cove", "dune"]

_MISSING = [
    *([] if importlib.util.find_spec("pyspark") else ["pyspark is not installed (pip install 'malus[spark]')"]),
    *([] if shutil.which("java") else ["there is no java on PATH"]),
]
on_spark = [
    pytest.mark.spark,
    pytest.mark.skipif(bool(_MISSING), reason=" and ".join(_MISSING) or "all is here"),
    # Spark's own code warns, and leaves sockets to the collector.
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedRules:
    return load_agreements([write_rules(tmp_path / "rules", NAMES, chance_of(5))])


def written(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def both(loaded: LoadedRules, files: list[Path], folder: Path, as_of: int = MOMENT) -> Iterator[Any]:
    """What each engine says besides its folder; the folders are equal."""
    texts = loaded.judged()
    said = [judged_batch(texts, files, as_of, JUDGE), judged_on_spark(texts, files, as_of, JUDGE, "local[2]")]
    for number, (batch, _) in enumerate(said):
        write = lambda text: loaded.contents[text.path].decode()  # noqa: E731
        write_batch(batch, folder / f"out-{number}", texts, write, json_lines=True)
    assert written(folder / "out-0") == written(folder / "out-1")
    return iter([(batch.folded, batch.strangers, batch.events, told.faults, told.duplicates) for batch, told in said])


def sound_rows(count: int) -> list[dict[str, object]]:
    rows = [row for row in random_rows(NAMES, count, chance_of(7)) if row.get("priority") != "none"]
    return [{**row, "id": f"e{number}"} for number, row in enumerate(rows)]


class TestOnSpark:
    pytestmark = on_spark

    def test_rows_with_ids_faults_rivals_and_strangers_come_to_the_same_bytes(
        self, loaded: LoadedRules, tmp_path: Path
    ) -> None:
        rows = sound_rows(400)
        bolt, cove = (next(row for row in rows if row["agreement"] == name) for name in ("bolt", "cove"))
        cove["id"] = bolt["id"]  # two agreements have it: the first counts
        rows += [{**rows[0], "id": "new", "end": None, "good": -1}, dict(bolt)]
        rows += [{**rows[0], "agreement": "zz"}, {**rows[0], "agreement": None, "id": "no-one"}]
        here, there = both(loaded, write_rows(tmp_path / "a folder [1]", rows), tmp_path)
        assert here == there
        folded, strangers, *_ = here
        assert strangers == {"zz": 1, "": 1}
        assert "bolt" not in folded
        assert "cove" not in folded

    def test_plain_rows_without_ids_and_an_agreement_without_rows(self, loaded: LoadedRules, tmp_path: Path) -> None:
        rows = [{**row, "id": None} for row in sound_rows(300) if row["agreement"] != "dune"]
        without = [{name: value for name, value in row.items() if name != "id"} for row in rows]
        here, there = both(loaded, write_rows(tmp_path / "events", without), tmp_path)
        assert here == there
        assert here[0] == tuple(NAMES)

    def test_columns_that_are_not_folded_have_all_judged_from_their_events(
        self, loaded: LoadedRules, tmp_path: Path
    ) -> None:
        files = write_rows(tmp_path / "events", sound_rows(60))
        for file in files:
            table = pq.read_table(file)
            counts = table["total"].cast(pa.decimal128(20, 0))
            pq.write_table(table.set_column(table.schema.get_field_index("total"), "total", counts), file)
        here, there = both(loaded, files, tmp_path)
        assert here == there
        assert here[0] == ()

    def test_files_that_spark_would_not_read_as_they_are_are_refused(self, loaded: LoadedRules, tmp_path: Path) -> None:
        files = write_rows(tmp_path / "events", sound_rows(30))
        pq.write_table(pq.read_table(files[0]).drop_columns(["good"]), files[0])
        with pytest.raises(MalusError) as caught:
            judged_on_spark(loaded.judged(), files, MOMENT, JUDGE, "local[1]")
        assert caught.value.reason == "columns-differ"
        assert "`good` is missing in" in caught.value.message

    @pytest.mark.parametrize("shuffled", [False, True])
    def test_many_events_of_agreements_of_one_wording_in_either_order(self, tmp_path: Path, shuffled: bool) -> None:
        loaded = load_agreements([_yardstick.write_rules(tmp_path / "rules", 30)])
        growth._write_events(tmp_path / "events", 200_000, 30, 24, shuffled=shuffled)
        here, there = both(loaded, sorted((tmp_path / "events").iterdir()), tmp_path)
        assert here == there
        assert len(here[0]) == 30


def run(*words: str) -> Any:
    return CliRunner().invoke(app, [*words])


def test_the_engine_is_of_batches_and_the_master_of_spark(loaded: LoadedRules, tmp_path: Path) -> None:
    asked = ["evaluate", str(tmp_path / "rules"), "--as-of", "2026-07-10T12:00:00Z"]
    assert run(*asked, "--engine", "spark").exit_code == Exit.WRONG_USAGE
    assert run(*asked, "--out", str(tmp_path / "out"), "--master", "local[2]").exit_code == Exit.WRONG_USAGE
    lines = tmp_path / "events.jsonl"
    lines.write_text("")
    ended = run(*asked, "--events", str(lines), "--out", str(tmp_path / "out"), "--engine", "spark")
    assert (ended.exit_code, "Parquet" in ended.stderr) == (Exit.WRONG_USAGE, True)


@pytest.mark.parametrize("has_pyspark", [False, True])
def test_what_is_missing_is_named_with_where_and_what_to_do(
    has_pyspark: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if has_pyspark:
        (tmp_path / "bin").mkdir()
        monkeypatch.setenv("JAVA_HOME", str(tmp_path))
        monkeypatch.setitem(sys.modules, "pyspark", type(sys)("pyspark"))
        module: Any = type(sys)("pyspark.sql")
        module.SparkSession = None
        monkeypatch.setitem(sys.modules, "pyspark.sql", module)
    else:
        monkeypatch.setitem(sys.modules, "pyspark", None)
        monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(MalusError) as caught, rows_on_spark([], "local[2]"):
        pass
    if has_pyspark:
        assert caught.value.reason == "java-missing"
        assert str(tmp_path) in caught.value.message
        assert "Java 17" in caught.value.message
    else:
        assert caught.value.reason == "spark-missing"
        assert sys.prefix in caught.value.message
        assert "pip install 'malus[spark]'" in caught.value.message


def test_a_batch_on_this_machine_loads_no_pyspark() -> None:
    program = "import sys, malus.batch.spark, malus.command_line.batching; sys.exit('pyspark' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], check=False, env=dict(os.environ))
    assert ended.returncode == 0
