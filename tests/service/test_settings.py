"""Settings come from flags before the environment before a file before the defaults; what is no setting is refused."""

from pathlib import Path

import pytest
from malus.model.faults import MalusError
from malus.settings import Settings, settings_from


def read(
    flags: dict[str, object] | None = None, environment: dict[str, str] | None = None, file: Path | None = None
) -> Settings:
    return settings_from(flags or {}, environment or {}, file, default_tenant="default")


def test_the_defaults_listen_on_loopback_beside_a_file_in_this_folder() -> None:
    found = read()
    assert (found.address, found.ledger_url) == ("127.0.0.1:7070", "sqlite:///malus-ledger.db")
    assert (found.rules, found.plaintext_anywhere, found.reflection, found.tick_seconds) == ({}, False, False, 10)


def test_flags_come_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "malus.toml"
    file.write_text('address = "127.0.0.1:1"\ntick_seconds = 1\nreflection = true\nrules = ["a", "b"]\n')
    environment = {"MALUS_ADDRESS": "127.0.0.1:2", "MALUS_TICK_SECONDS": "2", "MALUS_REAL_DATA": "/elsewhere"}
    found = read({"address": "127.0.0.1:3", "ledger": None}, environment, file)
    assert (found.address, found.tick_seconds, found.reflection) == ("127.0.0.1:3", 2, True)
    assert found.rules == {"default": (Path("a"), Path("b"))}


def test_rules_are_named_by_tenant_or_are_the_default_tenants() -> None:
    found = read({"rules": ["rules", "acme=more", "acme=other"]})
    assert found.rules == {"default": (Path("rules"),), "acme": (Path("more"), Path("other"))}
    assert read({}, {"MALUS_RULES": "one,acme=two"}).rules == {"default": (Path("one"),), "acme": (Path("two"),)}


def test_a_ledger_is_a_file_or_a_url() -> None:
    assert read({"ledger": "/var/lib/malus/l.db"}).ledger_url == "sqlite:////var/lib/malus/l.db"
    assert read({"ledger": "sqlite:///l.db"}).ledger_url == "sqlite:///l.db"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"MALUS_TICK_SECONDS": "1.5"}, "tick_seconds by the environment: write whole seconds, 0 or more"),
        ({"MALUS_TICK_SECONDS": "-1"}, "tick_seconds by the environment"),
        ({"MALUS_REFLECTION": "maybe"}, "reflection by the environment: write true or false"),
        ({"MALUS_LOG_LEVEL": "loud"}, "log_level by the environment: write one of debug, info, warning, error"),
        ({"MALUS_ADDRESS": ""}, "address by the environment: write a text"),
        ({"MALUS_RULES": ""}, "rules by the environment: name the folder"),
    ],
)
def test_a_malformed_setting_is_refused_with_its_place_and_what_to_write(
    environment: dict[str, str], said: str
) -> None:
    with pytest.raises(MalusError, match=said) as told:
        read({}, environment)
    assert told.value.reason == "malformed-setting"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('adress = "127.0.0.1:1"\n', "adress is no setting: did you mean address?"),
        ("address = 1\n", "address by .*: write a text"),
        ("tick_seconds = true\n", "tick_seconds by .*: write whole seconds"),
        ('rules = "rules', "is no TOML"),
    ],
)
def test_a_faulty_settings_file_is_refused_whole(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "malus.toml"
    file.write_text(text)
    with pytest.raises(MalusError, match=said):
        read({}, {}, file)
