"""The scripts that are there to be copied: each does what its first lines say."""

import csv
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from malus_client import Client

from tests.architecture.tree import ROOT
from tests.clients.running import RULES, UNTIL, YEAR, rows_of, running

CLIENTS = ROOT / "clients"


def _run(script: str, *words: str) -> tuple[int, str, str]:
    program = [sys.executable, str(CLIENTS / script), *words]
    # The test's own packages, wherever they were found.
    environment = {"PYTHONPATH": ":".join(path for path in sys.path if path)}
    ended = subprocess.run(program, capture_output=True, text=True, timeout=120, check=False, env=environment)
    return ended.returncode, ended.stdout, ended.stderr


def _booked(book: Path) -> list[dict[str, str]]:
    with book.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _told(client: Client, until: str) -> None:
    """The example year of one agreement: all facts at once, and then a month on."""
    assert client.send(rows_of("it-hosting"), as_of="2027-01-20T00:00:00Z").refused == ()
    client.advance("it-hosting", until)


def test_billing_books_final_credits_once_and_all_changes_add_up(tmp_path: Path) -> None:
    book = tmp_path / "credits.csv"
    with running(tmp_path, "it-hosting") as (client, address):
        july = [row for row in rows_of("it-hosting") if row["id"] in {"out-0611", "claim-06"}]
        client.send(july, as_of="2026-08-20T00:00:00Z")
        assert _run("billing_pull.py", address, str(book))[0] == 0
        assert [(row["period"], row["amount"], row["change"]) for row in _booked(book)] == [
            ("2026-06", "2000.00", "2000.00")
        ]
        _told(client, UNTIL)
        place = book.with_name("credits.csv.cursor")
        before = place.read_text(encoding="utf-8")
        code, said, _ = _run("billing_pull.py", address, str(book))
        assert (code, "rows added" in said) == (0, True)
        first = _booked(book)
        # As after a crash between the rows and the cursor.
        place.write_text(before, encoding="utf-8")
        assert _run("billing_pull.py", address, str(book))[1].startswith("0 rows")
        assert _booked(book) == first
        assert place.read_text(encoding="utf-8") != before
        stands = client.simulate("it-hosting", on_ledger=True, as_of=UNTIL).assessment
        assert all(credit.is_final for credit in stands.credits)
        assert sum(Decimal(row["change"]) for row in first) == stands.total == Decimal("6500.00")


def test_billing_says_in_one_line_that_the_service_is_not_there(tmp_path: Path) -> None:
    code, said, complaint = _run(
        "billing_pull.py", "127.0.0.1:1", str(tmp_path / "credits.csv"), "--deadline-seconds", "1"
    )
    assert (code, said) == (4, "")
    assert complaint.startswith("error[")
    assert "Traceback" not in complaint


def test_a_history_judged_again_is_the_same_answer_and_a_changed_row_is_named(tmp_path: Path) -> None:
    history = YEAR / "it-hosting.csv"
    asked = ("--as-of", UNTIL)
    with running(tmp_path, "it-hosting") as (client, address):
        _told(client, UNTIL)
        code, said, complaint = _run("batch_reevaluate.py", address, "it-hosting", str(history), *asked)
        assert (code, said, complaint) == (0, "it-hosting: 6,500.00 -> 6,500.00 EUR, the same answer\n", "")
        changed = tmp_path / "changed.csv"
        text = history.read_text(encoding="utf-8")
        changed.write_text(text.replace("2026-05-22 15:30", "2026-05-22 17:00"), encoding="utf-8")
        code, said, _ = _run("batch_reevaluate.py", address, "it-hosting", str(changed), *asked)
        assert code == 3
        assert said.splitlines() == [
            "2026-05  uptime-credit: 400.00 EUR (due) -> 800.00 EUR (due)",
            "2026-12  uptime-credit: 1,700.00 EUR (due) -> 1,300.00 EUR (due)",
            "it-hosting: 6,500.00 -> 6,500.00 EUR, 2 credits differ",
        ]


def test_a_history_judged_by_a_draft_names_the_credits_that_it_would_change(tmp_path: Path) -> None:
    terms = sorted((RULES / "it-hosting").glob("*.yaml"))
    drafts: list[str] = []
    for path in terms:
        draft = tmp_path / path.name
        draft.write_text(path.read_text(encoding="utf-8").replace("amount: 500.00 EUR", "amount: 650.00 EUR"), "utf-8")
        drafts += ["--draft", str(draft)]
    with running(tmp_path, "it-hosting") as (client, address):
        _told(client, UNTIL)
        history = str(YEAR / "it-hosting.csv")
        code, said, _ = _run("batch_reevaluate.py", address, "it-hosting", history, "--as-of", UNTIL, *drafts)
    assert code == 3
    assert said.splitlines()[0] == "2026-07  plan-withheld: 500.00 EUR (due) -> 650.00 EUR (due)"
