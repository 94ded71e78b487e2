"""Bytes become text: which characters a rule file may hold, and what an author is told about the others.

Owns size, encoding, line ends, tabs and everything that a reader of the file cannot see. Knows nothing of
YAML's structure. Every forbidden character is replaced one for one, so that all later places stay right.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from malus.model.faults import Diagnostic, Place, Severity

LARGEST_FILE_BYTES = 1 << 20
MOST_FAULTS = 200  # of one file: nobody reads more, and a hostile file could hold a million

_MOST_LOOKED_AT = 10_000  # forbidden characters; a line of a million of them is one fault as well

FILLER = "\ufffd"  # stands where a forbidden character stood; taken out of every scalar again

# Not YAML's own set: also the marks that show a text in another order than it is read in, the blanks of no
# width and the line breaks that YAML 1.1 and 1.2 disagree about. U+200C and U+200D stay: Persian and emoji
# need them.
_UNSEEN = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffd-\uffff"
)
_FORBIDDEN = re.compile(f"[\t{_UNSEEN}\ud800-\udfff]")
_UNSEEN_IN_TEXT = re.compile(f"[{_UNSEEN}\ud800-\udfff]")
_WIDE_BLANKS = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
# A blank of another kind is harmless inside a text, but where YAML wants a blank it silently becomes text.
_FALSE_BLANK = re.compile(rf"^(?:[ ]|-[ ])*+([{_WIDE_BLANKS}])|^(?:[ ]|-[ ])*+[\w-]++:([{_WIDE_BLANKS}])", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """What a file says: `lines` as they stand (to be shown), `text` with nothing in it that stops YAML.

    `text` is None where the bytes are no text at all or too many.
    """

    text: str | None
    lines: tuple[str, ...]
    faults: tuple[Diagnostic, ...]


def read_text(data: bytes | str, path: str) -> FileText:
    """Decode a rule file: UTF-8, at most 1,048,576 bytes, lines ended by LF, CR LF or CR. Never raises."""
    if len(data) > LARGEST_FILE_BYTES or _bytes_in(data) > LARGEST_FILE_BYTES:
        what = f"the file is larger than {LARGEST_FILE_BYTES:,} bytes"
        return _nothing(path, "file-too-large", what, "one agreement's terms are some hundred lines")
    if isinstance(data, bytes):
        if _is_utf16(data):
            what = "the file is UTF-16 or UTF-32, not UTF-8"
            return _nothing(path, "not-utf8", what, "save it as UTF-8 (in Windows Notepad: Save as, Encoding)")
        text = data.decode("utf-8", "surrogateescape")
    else:
        text = data
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    faults = []
    if text.startswith("\ufeff"):
        text = text[1:]
        start = Place(path=path, line=1, column=1)
        what = "the file begins with a byte order mark"
        faults.append(_fault(start, 0, "byte-order-mark", what, "save it as UTF-8 without BOM"))
    lines = tuple(text.removesuffix("\n").split("\n")) if text else ()
    faults.extend(_character_faults(text, path))
    return FileText(text=_cleaned(text), lines=lines, faults=tuple(faults[:MOST_FAULTS]))


def unseen_in(text: str) -> str | None:
    """Name the first character in a scalar's text that nobody can see, or None. Escapes can bring one in."""
    found = _UNSEEN_IN_TEXT.search(text)
    return None if found is None else _named(found.group())


def without_unseen(text: str) -> str:
    """A scalar's text without what nobody can see and without what stood in for it."""
    return _UNSEEN_IN_TEXT.sub("", text).replace(FILLER, "")


def _bytes_in(data: bytes | str) -> int:
    return len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "surrogatepass"))


def _is_utf16(data: bytes) -> bool:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    # Without a mark, the first letter gives it away: its other bytes are zero.
    zeros = "".join("0" if byte == 0 else "x" for byte in data[:4])
    return zeros in {"x0x0", "0x0x", "x000", "000x"}


def _nothing(path: str, code: str, what: str, hint: str) -> FileText:
    return FileText(text=None, lines=(), faults=(_fault(Place(path=path, line=1, column=1), 0, code, what, hint),))


def _fault(place: Place, span: int, code: str, what: str, hint: str) -> Diagnostic:
    return Diagnostic(code=code, severity=Severity.ERROR, place=place, span=span, what=what, hint=hint)


def _character_faults(text: str, path: str) -> Iterator[Diagnostic]:
    """Say each kind of fault once a line, and a wrong encoding once a file: more would bury the rest."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    foreign = sum(text.count(character) for character in set(text) if "\udc80" <= character <= "\udcff")
    said: set[tuple[str, int]] = set()
    for offset, character in islice(_forbidden(text), _MOST_LOOKED_AT):
        code, what, hint = _words_for(character, foreign)
        line = bisect_right(starts, offset)
        once = (code, 0 if code == "not-utf8" else line)
        if once not in said:
            said.add(once)
            place = Place(path=path, line=line, column=offset - starts[line - 1] + 1)
            yield _fault(place, 1, code, what, hint)
        if len(said) >= MOST_FAULTS:
            return


def _forbidden(text: str) -> Iterator[tuple[int, str]]:
    for found in _FORBIDDEN.finditer(text):
        yield found.start(), found.group()
    for found in _FALSE_BLANK.finditer(text):
        yield found.start(found.lastindex or 0), found.group(found.lastindex or 0)


def _words_for(character: str, foreign: int) -> tuple[str, str, str]:
    if character == FILLER:
        what = "U+FFFD replacement character: a program lost the letter that stood here"
        return "lost-character", what, "write that letter again"
    if character == "\t":
        return "tab", "a tab: how far it reaches depends on the editor", "write blanks"
    if "\udc80" <= character <= "\udcff":
        byte = ord(character) - 0xDC00
        meant = bytes([byte]).decode("cp1252", "replace")
        guess = "" if meant == FILLER else f", perhaps `{meant}` saved as Windows-1252"
        many = "" if foreign == 1 else f"; {foreign} such bytes in the file"
        return "not-utf8", f"byte 0x{byte:02X} is not UTF-8{guess}{many}", "save the file as UTF-8"
    if unicodedata.category(character) == "Zs":
        return "false-blank", f"{_named(character)} stands where a blank must", "write an ordinary blank"
    if unicodedata.category(character) == "Cc":
        return "control-character", f"{_named(character)} is a control character", "take it out"
    return "invisible-character", f"{_named(character)} cannot be seen", "take it out"


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X}{' ' + name.lower() if name else ''}"


def _cleaned(text: str) -> str:
    spaced = _FALSE_BLANK.sub(lambda found: found.group()[:-1] + " ", text.replace("\t", " "))
    return _UNSEEN_IN_TEXT.sub(FILLER, spaced)
