"""Owns the memory of compiled rule files between two runs, in a folder that may be deleted at any time.

Does not own: compiling, or which files are read. What is remembered is never the truth: it holds for the very bytes of
a file at its path, under this version of the compiler and of its calendar data; whatever cannot be read back is
compiled anew, and a folder that cannot be written is none.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

import malus
from malus.model.faults import Place
from malus.rulefiles.calendar_terms import holidays_version, zone_data_version
from malus.rulefiles.compiler import Compiled
from malus.rulefiles.findings import Part

#: What a compiled file depends on besides its bytes: the compiler and the values that it makes.
_ROOMS: Final = ("model", "rulefiles")
#: What a remembered value may be made of; nothing else is ever called on the way in.
_HOMES: Final = ("malus.model.", "malus.rulefiles.")
_PLAIN: Final = {("fractions", "Fraction"), ("datetime", "date"), ("datetime", "time"), ("datetime", "timedelta")}
_DIGEST_BYTES: Final = 32
#: What names in remembered values stand for, each looked up once: every file names a dozen.
_FOUND: Final[dict[tuple[str, str], Any]] = {}


@dataclass(slots=True)
class _Shelf:
    """What is remembered of the files beneath one folder.

    `files`: by path the digest of the bytes that were compiled, and the compiled file. `parts`: what several files
    have in common word for word, by digest; a file names them, and in memory they are one value.
    """

    files: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    parts: dict[bytes, bytes] = field(default_factory=dict)
    known: dict[bytes, Any] = field(default_factory=dict)
    is_changed: bool = False


class CompiledFiles:
    """Remembers compiled files in a folder of the person's own; several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shelves: dict[str, _Shelf] = {}
        self._groups: dict[str, str] = {}

    def found(self, path: str, content: bytes) -> Compiled | None:
        """What those bytes at that path were compiled to, without its lines; None where that is not remembered."""
        shelf = self._shelf(path)
        digest, stored = shelf.files.get(path, (b"", b""))
        if digest != hashlib.sha256(content).digest():
            return None
        try:
            compiled = _Reader(stored, shelf).load()
        except Exception:  # noqa: BLE001 - whatever a damaged entry does, the file itself is there to be compiled
            return None
        return compiled if isinstance(compiled, Compiled) else None

    def keep(self, path: str, content: bytes, compiled: Compiled) -> Compiled:
        """Remember a compiled file, in place of what was known of that path; returns it as it will be found.

        So it shares what others say too, and a first start holds no more than a later one.
        """
        shelf = self._shelf(path)
        shelf.files[path] = (hashlib.sha256(content).digest(), _written(compiled, shelf))
        shelf.is_changed = True
        found = self.found(path, content)
        assert found is not None, "what was written is not what was compiled"
        return found

    def save(self) -> None:
        """Write what is new; where the folder cannot be written nothing happens."""
        for group, shelf in self._shelves.items():
            if shelf.is_changed:
                with contextlib.suppress(OSError):
                    self._save(group, shelf)

    def _shelf(self, path: str) -> _Shelf:
        # A folder of agreements has a folder for each, which holds its files.
        beneath = path.rpartition(os.sep)[0].rpartition(os.sep)[0]
        group = self._groups.get(beneath) if beneath else None
        if group is None:
            group = os.path.abspath(os.path.join(path, os.pardir, os.pardir))  # noqa: PTH100, PTH118 - a path object costs more than the look
            self._groups[beneath] = group
        shelf = self._shelves.get(group)
        if shelf is None:
            shelf = self._shelves[group] = self._opened(group)
        return shelf

    def _opened(self, group: str) -> _Shelf:
        try:
            folder = self._folder.stat()
            if folder.st_uid != os.getuid() or folder.st_mode & 0o022:
                return _Shelf()  # what others could have written is not ours to believe
            stored = self._place(group).read_bytes()
        except OSError:
            return _Shelf()
        digest, content = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
        if hashlib.sha256(content).digest() != digest:
            return _Shelf()
        files, parts = pickle.loads(content)  # noqa: S301 - our own folder and digest; bytes only, see _Reader
        return _Shelf(files=files, parts=parts)

    def _save(self, group: str, shelf: _Shelf) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = pickle.dumps((shelf.files, shelf.parts), pickle.HIGHEST_PROTOCOL)
        place = self._place(group)
        handle, name = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(handle, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
        Path(name).replace(place)
        for other in self._folder.glob(f"{place.name.partition('-')[0]}-*"):
            if other != place:  # of another version of malus or of its data
                other.unlink(missing_ok=True)
        shelf.is_changed = False

    def _place(self, group: str) -> Path:
        return self._folder / f"{hashlib.sha256(group.encode()).hexdigest()[:32]}-{compiler_version()}"


@cache
def compiler_version() -> str:
    """Changes with the compiler, the values that it makes, how they are written, and the data of calendars."""
    told = hashlib.sha256(f"{holidays_version()} {zone_data_version()}".encode() + Path(__file__).read_bytes())
    for room in _ROOMS:
        for module in sorted((Path(malus.__file__).parent / room).glob("*.py")):
            told.update(module.name.encode() + module.read_bytes())
    return told.hexdigest()[:32]


def _written(compiled: Compiled, shelf: _Shelf) -> bytes:
    file = io.BytesIO()
    writer = _Writer(file, shelf)
    terms = compiled.terms
    if terms is not None:
        for each in fields(terms):
            value = getattr(terms, each.name)
            if (isinstance(value, tuple) and value) or is_dataclass(value):
                writer.shared[id(value)] = value
    places = tuple((key, part.place.line, part.place.column, part.span) for key, part in compiled.places.items())
    assert all(part.place.path == compiled.path for part in compiled.places.values()), "keys of another file"
    if places:
        writer.shared[id(places)] = places
    writer.dump(replace(compiled, lines=(), places=_Places(compiled.path, places)))
    return file.getvalue()


class _Writer(pickle.Pickler):
    """Writes a compiled file; what it shares with others goes to the shelf once."""

    def __init__(self, file: io.BytesIO, shelf: _Shelf) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self.shared: dict[int, Any] = {}
        self._shelf = shelf

    def persistent_id(self, value: object) -> bytes | None:
        if id(value) not in self.shared:
            return None
        content = io.BytesIO()
        _Writer(content, self._shelf).dump(value)
        name = hashlib.sha256(content.getvalue()).digest()[:16]
        self._shelf.parts.setdefault(name, content.getvalue())
        return name

    def reducer_override(self, value: object) -> Any:
        # What dataclasses do by themselves takes most of the time in which ten thousand agreements are loaded.
        if is_dataclass(value) and not isinstance(value, type):
            return _made, (type(value), *(getattr(value, each.name) for each in fields(value)))
        return NotImplemented


class _Reader(pickle.Unpickler):
    """Reads a compiled file back; it makes the values of malus and no others, and calls nothing else."""

    def __init__(self, content: bytes, shelf: _Shelf | None = None) -> None:
        super().__init__(io.BytesIO(content))
        self._shelf = shelf

    def persistent_load(self, name: bytes) -> object:
        assert self._shelf is not None, "parts share no parts"
        if name not in self._shelf.known:
            self._shelf.known[name] = _Reader(self._shelf.parts[name]).load()
        return self._shelf.known[name]

    def find_class(self, module: str, name: str) -> Any:
        found = _FOUND.get((module, name))
        if found is None:
            found = _FOUND[module, name] = self._looked_up(module, name)
        return found

    def _looked_up(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN or module.startswith(_HOMES) or (module == __name__ and name in _OURS):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a compiled file")


def _made(kind: type, *values: object) -> object:
    """A value of malus as it was written: its invariants held then."""
    value: object = object.__new__(kind)
    for put, each in zip(_setters(kind), values, strict=True):
        put(value, each)
    return value


@cache
def _setters(kind: type) -> tuple[Callable[[object, object], None], ...]:
    return tuple(getattr(kind, each.name).__set__ for each in fields(kind))


@dataclass(frozen=True, slots=True)
class _Places(Mapping[str, Part]):
    """Where the keys of a file stand: line, column and span of each, the same in all files of one wording."""

    path: str
    stored: tuple[tuple[str, int, int, int], ...]

    def __getitem__(self, key: str) -> Part:
        for name, line, column, span in self.stored:
            if name == key:
                return Part(place=Place(path=self.path, line=line, column=column), span=span)
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return (name for name, *_ in self.stored)

    def __len__(self) -> int:
        return len(self.stored)


_OURS: Final = {_made.__name__, _Places.__name__}
