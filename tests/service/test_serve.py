"""`malus serve` and `malus migrate` as a person starts them: what they say, how they end, what to do where not."""

import json
import socket
import time
from pathlib import Path

import pytest
from malus.command_line.app import app
from malus.ledger.ledger import open_ledger
from typer.testing import CliRunner

from tests.operations.rule_text import write_agreement
from tests.service.build import at, outage
from tests.service.process import serving, words_for
from tests.service.wire import connected, outcomes

FIVE_HOURS = outage("o1", "2026-06-03 10:00", "2026-06-03 15:00", service="web")


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    write_agreement(tmp_path / "rules")
    return tmp_path / "rules"


@pytest.fixture
def ran() -> CliRunner:
    return CliRunner()


def test_it_says_where_it_serves_which_do_not_and_goes_down_by_sigterm_with_all_kept(
    tmp_path: Path, rules: Path
) -> None:
    write_agreement(rules, name="broken", more="nonsense: true\n")
    ledger = tmp_path / "ledger.db"
    with serving(*words_for(rules, ledger)) as process:
        with connected(process.port) as caller:
            assert outcomes(caller.send([FIVE_HOURS], at("2026-07-15"))) == ["ACCEPTED"]
        assert process.terminate() == 0
        said = "".join(process.said)
    assert f"broken does not serve: {rules}/broken/2026-01-01-terms.yaml:" in said
    assert "malus serves 1 agreement on 127.0.0.1:" in said
    assert "Traceback" not in said
    (line,) = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert (line["event"], line["code"], line["events"], line["decisions"]) == ("call_answered", "OK", 1, 1)
    assert line["level"] == "info"
    # Counts and names: neither what happened nor what it costs.
    assert "1200" not in json.dumps(line)
    assert "2026-06-03" not in json.dumps(line)
    opened = open_ledger(f"sqlite:///{ledger}")
    assert opened.verify("default").sequence == 1
    opened.close()


def test_a_port_that_is_taken_is_told_in_one_sentence(tmp_path: Path, rules: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ["--rules", str(rules), "--ledger", str(tmp_path / "l.db"), "--address", f"127.0.0.1:{port}"]
        with serving(*words) as process:
            assert process.ended() == 4
    (said,) = [line for line in process.said if line.startswith("error")]
    assert said.startswith(f"error[address-unusable] 127.0.0.1:{port} cannot be listened on: another service may hold")
    assert "Traceback" not in "".join(process.said)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "error[no-rule-files] no rule files are named: write --rules and the folder of the agreements"),
        (["--rules", "{folder}/none"], 2, "error[no-rule-files] {folder}/none does not exist: check its spelling"),
        (["--rules", "{rules}", "--ledger", "postgresql://u:secret@h/d"], 2, "error[ledger-url-unknown]"),
        (
            ["--rules", "{rules}", "--ledger", "{folder}/none/l.db"],
            4,
            "error[ledger-unreachable] the ledger's file cannot",
        ),
        (["--rules", "{rules}", "--ledger", "{rules}/acme/2026-01-01-terms.yaml"], 4, "error[not-a-ledger]"),
        (
            ["--rules", "{rules}", "--ledger", "{folder}/l.db", "--address", "127.0.0.1:65536"],
            2,
            "error[malformed-address]",
        ),
        (
            ["--rules", "{rules}", "--ledger", "{folder}/l.db", "--address", "0.0.0.0:0"],
            2,
            "error[plaintext-off-loopback]",
        ),
        (["--rules", "{rules}", "--settings", "{folder}/none.toml"], 4, "error[unreadable-file] {folder}/none.toml"),
        (["--rules", "{rules}", "--tick-seconds", "-1"], 2, "error[malformed-setting] tick_seconds by the flag"),
    ],
)
def test_what_keeps_it_from_serving_is_one_sentence_that_says_what_to_do(
    words: list[str], code: int, said: str, tmp_path: Path, rules: Path, ran: CliRunner
) -> None:
    def filled(text: str) -> str:
        return text.replace("{folder}", str(tmp_path)).replace("{rules}", str(rules))

    ended = ran.invoke(app, ["serve", *(filled(word) for word in words)])
    assert ended.exit_code == code, ended.output
    (line,) = ended.output.splitlines()
    assert line.startswith(filled(said))
    assert "secret" not in line


def test_a_ledger_that_another_process_holds_is_served_once_that_one_lets_go(tmp_path: Path, rules: Path) -> None:
    ledger = tmp_path / "ledger.db"
    held = open_ledger(f"sqlite:///{ledger}")
    with serving(*words_for(rules, ledger)) as process, connected(process.port) as caller:
        with held.writing("default") as writing:
            writing.clock_of("acme")
            time.sleep(0.2)
        assert outcomes(caller.send([FIVE_HOURS])) == ["ACCEPTED"]
    held.close()


def test_migrate_makes_a_ledger_and_then_has_nothing_to_do(tmp_path: Path, ran: CliRunner) -> None:
    ledger = tmp_path / "ledger.db"
    first = ran.invoke(app, ["migrate", "--ledger", str(ledger)])
    assert (first.exit_code, first.output) == (0, "went through 0001\n")
    again = ran.invoke(app, ["migrate", "--ledger", str(ledger)])
    assert (again.exit_code, again.output) == (0, "the ledger has the newest tables already\n")
