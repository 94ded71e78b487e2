"""What is wrong with YAML that cannot be read, in an author's words: where, what, and what to write instead.

Owns the translation from the YAML library's terms (`mapping values are not allowed in this context`) to plain
ones. Does not own what the rule language forbids although it is good YAML; the reader does.
"""

import re
from dataclasses import dataclass

import yaml

from malus.model.faults import Diagnostic, Place, Severity

_BLANKS = " \t"  # what YAML parts words by; any other white space is a character like all others to it
_WORD_LIMIT = 40  # characters of the author's text quoted in a sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stumble:
    """Where the library stopped (`line`, `column` from 0) and where what it was reading began (`opened`)."""

    path: str
    lines: tuple[str, ...]
    line: int
    column: int
    opened: tuple[int, int]
    context: str

    def text(self, line: int) -> str:
        return self.lines[line] if 0 <= line < len(self.lines) else ""

    @property
    def before(self) -> str:
        return self.text(self.line)[: self.column]

    @property
    def character(self) -> str:
        return self.text(self.line)[self.column : self.column + 1]

    def place(self, line: int, column: int) -> Place:
        # The library may stop behind the last line; there the last character is what can be shown.
        if line >= len(self.lines):
            line = max(len(self.lines) - 1, 0)
            column = len(self.text(line))
        return Place(path=self.path, line=line + 1, column=column + 1)


def syntax_fault(error: yaml.YAMLError, path: str, lines: tuple[str, ...], first_line: int) -> Diagnostic:
    """State one syntax error at its place.

    first_line: the line of `lines` (from 0) at which the library began to read. Never raises.
    """
    mark = getattr(error, "problem_mark", None)
    opened = getattr(error, "context_mark", None) or mark
    stumble = _Stumble(
        path=path,
        lines=lines,
        line=mark.line + first_line if mark else first_line,
        column=mark.column if mark else 0,
        opened=(opened.line + first_line, opened.column) if opened else (first_line, 0),
        context=str(getattr(error, "context", "") or ""),
    )
    problem = str(getattr(error, "problem", "") or "the text cannot be read")
    return _explained(problem, stumble)


def shortened(text: str) -> str:
    """An author's text as a sentence quotes it: its first 40 characters."""
    return text if len(text) <= _WORD_LIMIT else text[: _WORD_LIMIT - 1] + "…"


def _explained(problem: str, at: _Stumble) -> Diagnostic:
    exact = _BY_PROBLEM.get(problem)
    if exact is not None:
        return exact(at)
    for word, explain in _BY_WORD:
        if word in problem or word in at.context:
            return explain(at)
    return _here(at, "yaml-syntax", f"this is not YAML: {problem}", "compare it with the lines above")


def _fault(
    place: Place,
    code: str,
    what: str,
    hint: str,
    *,
    span: int = 1,
    also: tuple[tuple[Place, str], ...] = (),
) -> Diagnostic:
    return Diagnostic(code=code, severity=Severity.ERROR, place=place, span=span, what=what, hint=hint, also=also)


def _here(at: _Stumble, code: str, what: str, hint: str) -> Diagnostic:
    return _fault(at.place(at.line, at.column), code, what, hint)


def _misplaced_colon(at: _Stumble) -> Diagnostic:
    if re.search(r":\s", at.before):
        hint = "put a text that holds a colon and a blank in quotes, or begin a new line"
        return _here(at, "needs-quotes", "a second colon in one line", hint)
    above = next((line for line in range(at.line - 1, -1, -1) if _says_something(at.text(line))), None)
    if above is None:
        what = "what stands before this colon is too long for a key"
        return _here(at, "key-too-long", what, "write a word of at most 1,000 characters before it")
    if not re.search(r":(\s|$)", at.text(above)) and not at.before.lstrip().startswith("-"):
        return _missing_colon_in(at, above)
    indent = len(at.before) - len(at.before.lstrip())
    if at.before.lstrip().startswith("-"):
        column = len(at.text(above)) - len(at.text(above).lstrip())
        what = f"this list item stands deeper than line {above + 1}"
        also = ((at.place(above, column), "begins less deep"),)
        hint = f"begin it in column {column + 1}"
        return _fault(at.place(at.line, indent), "bad-indentation", what, hint, also=also)
    key = shortened(at.before.strip())
    return _fault(
        at.place(at.line, indent),
        "bad-indentation",
        f"`{key}` stands deeper than line {above + 1}, which already has a value",
        f"begin it in column {_indent(at.text(above)) + 1}, or leave the value of line {above + 1} out",
        span=max(len(at.before) - indent, 1),
        also=((at.place(above, _indent(at.text(above))), "has a value"),),
    )


def _says_something(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _indent(line: str) -> int:
    """Characters before the first key of a line; the dash of a list item counts as depth."""
    return len(line) - len(re.sub(r"^(?:[ ]|-[ ])*+", "", line))


def _missing_colon(at: _Stumble) -> Diagnostic:
    return _missing_colon_in(at, at.opened[0])


def _missing_colon_in(at: _Stumble, line: int) -> Diagnostic:
    text = at.text(line)
    word = text.strip().removeprefix("- ").lstrip()
    indent = _indent(text)
    glued = re.fullmatch(r"([\w-]+):(\S.*)", word)
    if glued:
        hint = f"write `{shortened(glued.group(1) + ': ' + glued.group(2))}`"
        what = "no blank stands behind the colon"
    else:
        hint = f"write `{shortened(word)}: ...`, or put it in quotes with the text it belongs to"
        what = f"`{shortened(word)}` has no colon, so it is no key"
    return _fault(at.place(line, indent), "missing-colon", what, hint, span=max(len(word), 1))


def _misplaced_item(at: _Stumble) -> Diagnostic:
    hint = "write each item on its own line beneath the key, or all of them as [a, b]"
    return _here(at, "misplaced-item", "a list cannot begin behind its key", hint)


def _needs_quotes(at: _Stumble) -> Diagnostic:
    line, column = at.opened
    character = at.text(line)[column : column + 1]
    named = "a backquote" if character == "`" else f"`{character}`"
    what = f"a text cannot begin with {named}"
    return _fault(at.place(line, column), "needs-quotes", what, "put the whole text in quotes")


def _missing_value(at: _Stumble) -> Diagnostic:
    what = f"nothing stands before `{at.character}`" if at.character else "here something is missing"
    return _here(at, "missing-value", what, "write the value, or take the sign out")


def _directive(at: _Stumble) -> Diagnostic:
    return _here(at, "directive", "a line that begins with `%` is a YAML directive", "take it out")


def _block_text(at: _Stumble) -> Diagnostic:
    hint = "put the text in quotes, or begin it on the next line"
    return _here(at, "needs-quotes", "behind `|` or `>` the line must end", hint)


def _unclosed_quote(at: _Stumble) -> Diagnostic:
    quote = at.text(at.opened[0])[at.opened[1] : at.opened[1] + 1]
    what = f"the quote `{quote}` that opens here is never closed"
    return _fault(at.place(*at.opened), "unclosed-quote", what, f"close it with `{quote}`")


def _bad_escape(at: _Stumble) -> Diagnostic:
    escape = at.text(at.line)[at.column : at.column + 2]
    if at.character != "\\":
        escape = "\\" + at.before.rpartition("\\")[2] + at.character
    what = f"in double quotes `{escape}` is an escape that does not exist"
    return _here(at, "bad-escape", what, "use single quotes, or write the backslash twice")


def _unclosed_bracket(at: _Stumble) -> Diagnostic:
    line, column = at.opened
    bracket = at.text(line)[column : column + 1]
    closing = {"{": "}", "[": "]"}.get(bracket, "")
    if not closing:
        return _here(at, "yaml-syntax", "here a comma or a closing bracket must stand", "close the bracket")
    if line != at.line:
        what = f"`{bracket}` is not closed before something else begins"
        hint = f"close it with `{closing}`"
        also = ((at.place(at.line, at.column), "something else"),)
        return _fault(at.place(line, column), "unclosed-bracket", what, hint, also=also)
    hint = "put a text that holds a comma, colon or bracket in quotes"
    return _here(at, "unclosed-bracket", f"here a comma or `{closing}` must stand", hint)


def _out_of_line(at: _Stumble) -> Diagnostic:
    written = at.before.strip(_BLANKS + "-")
    if written:
        last = at.before.rstrip(_BLANKS)[-1]
        hint = "put the whole text in quotes; a single quote inside single quotes is written twice"
        return _here(at, "needs-quotes", f"behind the closing `{last}` the line must end", hint)
    if at.character == ":":
        return _here(at, "missing-key", "no key stands before this colon", "write a key before it")
    if at.character in {"}", "]"}:
        return _here(at, "unclosed-bracket", f"nothing is open that `{at.character}` closes", "take it out")
    if not at.context:
        what = "this line does not belong to what stands above it, which begins the file"
        return _here(at, "bad-indentation", what, "begin every key at the top in column 1, without brackets")
    column = at.opened[1]
    if column == at.column:
        what = "a list item stands among keys" if at.character == "-" else "a key stands among list items"
        return _here(at, "bad-indentation", what, "indent it beneath the key it belongs to")
    what = f"this line begins in column {at.column + 1}, what it belongs to in column {column + 1}"
    hint = f"begin it in column {column + 1}, or as deep as the line above"
    return _here(at, "bad-indentation", what, hint)


_BY_PROBLEM = {
    "mapping values are not allowed in this context": _misplaced_colon,
    "block sequence entries are not allowed in this context": _misplaced_item,
    "found character that cannot start any token": _needs_quotes,
    "did not find expected alphabetic or numeric character": _needs_quotes,
    "found unexpected end of stream": _unclosed_quote,
    "found unexpected document indicator": _unclosed_quote,
    "could not find expected ':'": _missing_colon,
    "did not find expected node content": _missing_value,
}
# In this order: a tag inside brackets is first of all a tag.
_BY_WORD = (
    ("tag", _needs_quotes),
    ("directive", _directive),
    ("YAML document", _directive),
    ("escape", _bad_escape),
    ("hexdecimal", _bad_escape),  # the library's own spelling
    ("block scalar", _block_text),
    ("flow", _unclosed_bracket),
    ("did not find expected", _out_of_line),
)
