"""The benchmark of a batch on Spark at a tiny size: answers are compared, figures have their shape; no test of time."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from malus.command_line.batching import judged_batch
from malus.composition import judge
from malus.model.instants import parse_instant
from malus.operations.agreements import load_agreements

from benchmarks import growth, spark
from benchmarks._answers import digest_of, yardstick_answers
from benchmarks._spark_rival import answers_of
from benchmarks._yardstick import AS_OF, write_rules
from tests.benchmarks.test_over_the_wire import check_shape

MISSING = spark.what_is_missing()


@pytest.mark.spark
@pytest.mark.skipif(bool(MISSING), reason=" and ".join(MISSING) or "all is here")
def test_spark_compares_answers_and_bytes_and_tells_both_sides(tmp_path: Path) -> None:
    growth._write_events(tmp_path / "data", 100, 1, 24, shuffled=True)
    figures = spark.compared(tmp_path / "data", tmp_path, 2, 1)
    check_shape({**figures, "short_of": []}, {spark.RIVAL}, 100)
    assert figures["agreements_folded"] == 2
    for both in ("whole_process", "cpu_seconds"):
        assert set(figures[both]) == {"ours", spark.RIVAL}
        assert min(figures[both].values()) > 0


@pytest.mark.parametrize("events", [0, 600])
def test_the_job_by_hand_comes_to_the_answers_of_malus(tmp_path: Path, events: int) -> None:
    growth._write_events(tmp_path / "data", events, 3, 24, shuffled=True)
    table = pq.read_table(tmp_path / "data" / "events.parquet")
    texts = load_agreements([write_rules(tmp_path / "rules", 3)]).judged()
    by_hand = [answers_of(name, table.filter(pc.equal(table["agreement"], name))) for name in texts]
    batch, _ = judged_batch(texts, [tmp_path / "data" / "events.parquet"], parse_instant(AS_OF, None), judge())
    ours = yardstick_answers(batch)
    theirs = pa.concat_tables(by_hand)
    assert theirs.sort_by([(name, "ascending") for name in ours.schema.names[:3]]).to_pylist() == ours.to_pylist()
    assert digest_of(theirs) == digest_of(ours)


def test_without_spark_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark, "what_is_missing", lambda: ["there is no java on PATH"])
    with pytest.raises(SystemExit, match="there is no java on PATH"):
        spark.measure(full=False)
