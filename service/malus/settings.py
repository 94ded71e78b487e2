"""Owns the settings of a service: flags before the environment, before a file, before the defaults.

Does not own: what any of them does. Nothing is read here but what is handed in; a word that is no setting is refused.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from malus.model.faults import MalusError

#: Before the name of a setting in the environment: `MALUS_ADDRESS`.
PREFIX: Final = "MALUS_"
_TENANT: Final = re.compile(r"([a-z][a-z0-9-]{0,62})=(.+)", re.DOTALL)
_WORDS: Final = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}
_LEVELS: Final = ("debug", "info", "warning", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a service runs; units last in the names.

    `rules` by tenant; empty where none are named. `ledger_url`: `sqlite:///` and a file. `tick_seconds` 0: time
    alone brings nothing.
    `drain_notice_seconds`: how long others may see that it goes down before it takes no more calls.
    """

    rules: Mapping[str, tuple[Path, ...]]
    ledger_url: str
    address: str
    plaintext_anywhere: bool
    reflection: bool
    tick_seconds: int
    drain_notice_seconds: int
    drain_grace_seconds: int
    log_level: str


def settings_from(
    flags: Mapping[str, object], environment: Mapping[str, str], file: Path | None = None, *, default_tenant: str
) -> Settings:
    """The settings, each from the first place that says it: flags, `MALUS_…`, the TOML file, the default.

    `flags` that are None say nothing. In the environment several rule paths stand with commas between them. Raises
    MalusError `malformed-setting` (names the place it came from) or `unreadable-file`.
    """
    places: list[tuple[str, Mapping[str, object]]] = [
        ("the flag", {name: value for name, value in flags.items() if value is not None}),
        (
            "the environment",
            {name: environment[PREFIX + name.upper()] for name in _READERS if PREFIX + name.upper() in environment},
        ),
    ]
    if file is not None:
        places.append((str(file), _of_file(file)))
    places.append(("the default", _DEFAULTS))

    def setting(name: str) -> object:
        where, value = next((where, said[name]) for where, said in places if name in said)
        try:
            return _READERS[name](value)
        except ValueError as fault:
            what = f"{name} by {where}: {fault}"
            raise MalusError("malformed-setting", what, {"setting": name, "place": where}) from None

    rules: dict[str, list[Path]] = {}
    for tenant, path in _pairs(setting("rules"), default_tenant):
        rules.setdefault(tenant, []).append(path)
    values: dict[str, object] = {name: setting(name) for name in _READERS if name not in ("rules", "ledger")}
    return Settings(
        rules={tenant: tuple(paths) for tenant, paths in rules.items()},
        ledger_url=str(setting("ledger")),
        **values,  # type: ignore[arg-type]  # each reader gives the type of its field
    )


def ledger_url(text: str) -> str:
    """The URL of a ledger: as it stands, or `sqlite:///` before the name of a file."""
    return text if re.match(r"[a-z][a-z0-9+]*:", text) else f"sqlite:///{text}"


def _pairs(paths: object, default_tenant: str) -> list[tuple[str, Path]]:
    assert isinstance(paths, list)
    written = [(_TENANT.fullmatch(text), text) for text in paths]
    return [(pair[1], Path(pair[2])) if pair is not None else (default_tenant, Path(text)) for pair, text in written]


def _of_file(file: Path) -> Mapping[str, object]:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as fault:
        what = f"{file}: {fault.strerror}: check the path and its rights"
        raise MalusError("unreadable-file", what, {"path": str(file)}) from None
    except ValueError as fault:
        what = f"{file} is no TOML: {fault}"
        raise MalusError("malformed-setting", what, {"setting": "", "place": str(file)}) from None
    for name in said:
        if name not in _READERS:
            near = get_close_matches(name, _READERS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(_READERS)}"
            what = f"{file}: {name} is no setting: {hint}"
            raise MalusError("malformed-setting", what, {"setting": name, "place": str(file)})
    return said


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("write a text")
    return value


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _WORDS:
        return _WORDS[value.lower()]
    raise ValueError("write true or false")


def _seconds(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1_000_000:
        return value
    raise ValueError("write whole seconds, 0 or more")


def _paths(value: object) -> list[str]:
    paths = value.split(",") if isinstance(value, str) else value
    if not isinstance(paths, list) or not all(isinstance(path, str) and path for path in paths):
        raise ValueError("name the folder of the rule files, or TENANT=PATH")
    return paths


def _level(value: object) -> str:
    if value not in _LEVELS:
        raise ValueError(f"write one of {', '.join(_LEVELS)}")
    return str(value)


_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    "rules": _paths,
    "ledger": lambda value: ledger_url(_text(value)),
    "address": _text,
    "plaintext_anywhere": _truth,
    "reflection": _truth,
    "tick_seconds": _seconds,
    "drain_notice_seconds": _seconds,
    "drain_grace_seconds": _seconds,
    "log_level": _level,
}
_DEFAULTS: Final[Mapping[str, object]] = {
    "rules": [],
    "ledger": "malus-ledger.db",
    "address": "127.0.0.1:7070",
    "plaintext_anywhere": False,
    "reflection": False,
    "tick_seconds": 10,
    "drain_notice_seconds": 1,
    "drain_grace_seconds": 30,
    "log_level": "info",
}
