"""Whatever moment a process dies at, what it acknowledged is there, and no transaction is there in part."""

import os
import signal
import time
from pathlib import Path

import pytest
from malus.model.ledger_values import AgreementClock

from tests.ledger.build import AGREEMENT, MIDNIGHT, TENANT, identity, key, opened, outage, started, url_in

#: Transaction after transaction: three events, a decision, its answer, its terms and the clock; says each when durable.
_WRITER = """
import os, signal, sys
from malus.ledger.ledger import open_ledger
from malus.model.ledger_values import AgreementClock
from tests.ledger.build import AGREEMENT, MIDNIGHT, TENANT, decision, identity, key, outage

url, where, turn = sys.argv[1], sys.argv[2], int(sys.argv[3])
number, calls = 0, 0

def failpoint(name):
    global calls
    if number == turn and name == where.rpartition(":")[0]:
        calls += 1
        if calls == int(where.rpartition(":")[2]):
            os.kill(os.getpid(), signal.SIGKILL)

ledger = open_ledger(url, failpoint=failpoint)
while True:
    number = ledger.chain_head(TENANT).sequence + 1
    events = [outage(3 * number + part) for part in range(3)]
    with ledger.writing(TENANT) as writing:
        writing.add_events(events, number)
        writing.keep_terms({f"d{number}": "format: 1"})
        writing.set_clock(AGREEMENT, AgreementClock(as_of=MIDNIGHT + number, next_transition=None))
        writing.add_decisions([decision(number)], number)
        writing.link_events([identity(event) for event in events], [key(number)])
    print(number, flush=True)
"""


def _durable(folder: Path) -> int:
    """How many transactions a ledger holds, each of them whole and nothing beside them."""
    ledger = opened(folder)
    last = ledger.verify(TENANT).sequence
    numbers = range(1, last + 1)
    events = [outage(3 * number + part) for number in numbers for part in range(3)]
    assert [event.id for event in ledger.events_of(TENANT, AGREEMENT, None)] == [event.id for event in events]
    assert [found.decision.key for found in ledger.latest(TENANT, AGREEMENT)] == [key(number) for number in numbers]
    clock = AgreementClock(as_of=MIDNIGHT + last, next_transition=None)
    assert ledger.clocks(TENANT) == ({AGREEMENT: clock} if last else {})
    assert ledger.terms_text(TENANT, f"d{last + 1}") is None
    with ledger.writing(TENANT) as writing:
        stored = writing.stored([identity(event) for event in events])
        assert [stored[identity(event)].decision_keys for event in events] == [
            (key(n),) for n in numbers for _ in "123"
        ]
    for number in numbers:
        assert ledger.terms_text(TENANT, f"d{number}") == "format: 1"
    ledger.close()
    return last


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        *((f"before-insert:{call}", 2) for call in range(1, 7)),
        ("before-commit:1", 2),
        ("after-commit:1", 3),
    ],
)
def test_a_transaction_is_whole_or_gone_when_the_process_dies_in_it(where: str, kept: int, tmp_path: Path) -> None:
    with started(_WRITER, url_in(tmp_path), where, "3") as process:
        told, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert told.split() == ["1", "2"]
    assert _durable(tmp_path) == kept


def test_nothing_acknowledged_is_lost_over_ten_kills_at_any_moment(tmp_path: Path) -> None:
    acknowledged = 0
    for turn in range(10):
        with started(_WRITER, url_in(tmp_path), "nowhere:1", "0") as process:
            assert process.stdout is not None
            told = process.stdout.readline()
            # Somewhere within the next few transactions; where exactly is the machine's doing.
            time.sleep(0.003 * turn + 0.0007)
            os.kill(process.pid, signal.SIGKILL)
            rest = process.stdout.read()
        acknowledged = int((told + rest).split()[-1])
        durable = _durable(tmp_path)
        assert acknowledged <= durable <= acknowledged + 1
    assert acknowledged >= 10
