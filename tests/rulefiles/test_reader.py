"""Reading a rule file: any bytes become nodes or located diagnostics; nothing raises or runs away."""

import time
import tracemalloc
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from malus.model.faults import Diagnostic, Place, Severity
from malus.rulefiles.frames import render
from malus.rulefiles.nodes import Mapping, Node, Scalar, Sequence
from malus.rulefiles.reader import Document, read_document
from malus.rulefiles.spelling import nearest
from malus.rulefiles.syntax_faults import syntax_fault

HERE = Path(__file__).parent
GOOD = sorted((HERE / "reading" / "good").glob("*.yaml"))
BAD = sorted([*(HERE / "reading" / "bad").glob("*.yaml"), *(HERE / "hostile").glob("*.yaml")])
LARGEST = 1 << 20
# Every code the reader can say, so that none lacks a file that shows it.
SHOWN_CODES = {
    "alias", "anchor", "bad-escape", "bad-indentation", "byte-order-mark", "control-character", "directive",
    "duplicate-key", "empty-file", "false-blank", "invisible-character", "key-is-no-word", "lost-character",
    "malformed-quantity", "merge-key", "misplaced-item", "missing-colon", "missing-key", "missing-value",
    "needs-quotes", "not-a-mapping", "not-utf8", "second-document", "tab", "tag", "too-deep", "too-many-nodes",
    "unclosed-bracket", "unclosed-quote",
}  # fmt: skip


def read(data: bytes | str) -> Document:
    return read_document(data, "terms.yaml")


def codes(document: Document) -> list[str]:
    return [diagnostic.code for diagnostic in document.diagnostics]


def root_of(text: str) -> Mapping:
    document = read(text)
    assert document.diagnostics == ()
    assert document.root is not None
    return document.root


def plain(node: Node) -> object:
    match node:
        case Scalar():
            return node.text
        case Sequence():
            return [plain(item) for item in node.items]
        case Mapping():
            return {entry.key.text: plain(entry.value) for entry in node}


def as_the_library_reads(text: str) -> object:
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - builds nothing but text, lists and mappings


def scalars(node: Node) -> list[Scalar]:
    match node:
        case Scalar():
            return [node]
        case Sequence():
            return [scalar for item in node.items for scalar in scalars(item)]
        case Mapping():
            return [scalar for entry in node for scalar in [entry.key, *scalars(entry.value)]]


def assert_well_placed(document: Document) -> None:
    """Each diagnostic points into the file, and the frames can be drawn and printed."""
    for diagnostic in document.diagnostics:
        for place in [diagnostic.place, *(place for place, _ in diagnostic.also)]:
            assert place.line <= max(len(document.lines), 1)
            width = len(document.lines[place.line - 1]) if document.lines else 0
            assert place.column <= width + 1
        if diagnostic.span > 1:
            width = len(document.lines[diagnostic.place.line - 1])
            assert diagnostic.place.column - 1 + diagnostic.span <= width
    render(document.diagnostics, {document.path: document.lines}).encode()


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_file_reads_as_the_yaml_library_reads_it_with_all_scalars_as_text(path: Path) -> None:
    root = root_of(path.read_text())
    assert plain(root) == as_the_library_reads(path.read_text())


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_told_in_exactly_the_words_that_lie_beside_it(path: Path) -> None:
    document = read_document(path.read_bytes(), path.name)
    assert render(document.diagnostics, {document.path: document.lines}) == path.with_suffix(".txt").read_text()
    assert_well_placed(document)


def test_every_code_of_the_reader_has_a_file_that_shows_it() -> None:
    assert {code for path in BAD for code in codes(read(path.read_bytes()))} == SHOWN_CODES


@pytest.mark.parametrize(
    "text",
    ["NO", "yes", "true", "null", "~", "99.90", "1e99999999", ".nan", "10:30", "0x1F", "2026-01-01", "1_000"],
)
def test_a_scalar_stays_the_text_the_author_wrote(text: str) -> None:
    root = root_of(f"{text}: {text}\n")
    assert plain(root) == {text: text}


def test_an_absent_value_differs_from_an_empty_text_in_quotes() -> None:
    root = root_of('absent:\nempty: ""\n')
    absent, empty = root.get("absent"), root.get("empty")
    assert isinstance(absent, Scalar)
    assert isinstance(empty, Scalar)
    assert (absent.is_absent, empty.is_absent) == (True, False)


def test_places_count_lines_and_characters_from_one_and_a_span_holds_the_quotes() -> None:
    root = root_of('# first\nclauses:\n  - {naam: "日本 é", rate: 5 %}\n')
    found = {scalar.text: (scalar.place.line, scalar.place.column, scalar.span) for scalar in scalars(root)}
    assert found == {
        "clauses": (2, 1, 7), "naam": (3, 6, 4), "日本 é": (3, 12, 6), "rate": (3, 20, 4), "5 %": (3, 26, 3),
    }  # fmt: skip


def test_a_span_of_a_text_over_several_lines_ends_with_its_first_line() -> None:
    root = root_of('title: "Hosting\n  van de webwinkel"\nnote: |\n  more\n')
    spans = [scalar.span for scalar in scalars(root) if scalar.quoted]
    assert spans == [len('"Hosting'), len("|")]


def test_a_mapping_answers_for_its_keys_in_the_authors_order() -> None:
    root = root_of("b: 1\na: 2\n")
    entry = root.entry("a")
    assert root.keys() == ("b", "a")
    assert entry is not None
    assert entry.key.place == Place(path="terms.yaml", line=2, column=1)
    assert root.get("c") is None
    assert root.entry("c") is None


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_line_may_end_as_any_system_ends_it(end: str) -> None:
    document = read(f"format: 1{end}rate: 5 %{end}")
    assert document.root is not None
    assert plain(document.root) == {"format": "1", "rate": "5 %"}
    assert document.lines == ("format: 1", "rate: 5 %")
    assert document.root.entries[1].key.place.line == 2


def test_a_mapping_cannot_be_built_with_a_key_twice() -> None:
    (entry,) = root_of("a: 1\n").entries
    with pytest.raises(ValueError, match="each key once"):
        Mapping(entries=(entry, entry), place=entry.key.place)


def test_an_error_that_the_library_does_not_explain_is_a_fault_where_the_reading_began() -> None:
    fault = syntax_fault(yaml.YAMLError("unheard of"), "terms.yaml", ("a: 1", "b: 2"), 1)
    assert (fault.code, fault.place.line, fault.place.column) == ("yaml-syntax", 2, 1)


def test_a_key_longer_than_yaml_allows_is_a_fault() -> None:
    assert codes(read("x" * 1_100 + ": 5\n")) == ["key-too-long"]


def test_the_first_of_two_equal_keys_is_kept_and_both_places_are_named() -> None:
    document = read("rate: 5 %\nrate: 10 %\n")
    (fault,) = document.diagnostics
    assert document.root is not None
    assert plain(document.root) == {"rate": "5 %"}
    assert fault.place.line == 2
    assert [place.line for place, _ in fault.also] == [1]


def test_a_key_in_quotes_equals_the_same_key_without_them() -> None:
    assert codes(read("rate: 5 %\n'rate': 10 %\n")) == ["duplicate-key"]


def test_an_amount_with_a_comma_inside_braces_is_never_cut_in_silence() -> None:
    assert codes(read("hosting: {amount: 12,000.00 EUR}\n")) == ["malformed-quantity"]


def test_a_number_with_a_comma_inside_braces_is_one_fault_and_read_as_it_was_meant() -> None:
    document = read("a: {b: 99,9 %, c: 8,000.00 EUR, d: 1,234,567.50, e: 12,500 EUR, f: 1,125 %, g: 4}\n")
    assert codes(document) == ["malformed-quantity"] * 5
    assert document.root is not None
    assert plain(document.root) == {
        "a": {"b": "99.9 %", "c": "8000.00 EUR", "d": "1234567.50", "e": "12500 EUR", "f": "1.125 %", "g": "4"}
    }


@pytest.mark.parametrize("text", ["{b: 99, 9 %}", "{b: '99',9 %}", "{b: art. 4,5}", "{b: 4,five}"])
def test_only_what_touches_a_number_is_taken_for_the_rest_of_it(text: str) -> None:
    assert codes(read(f"a: {text}\n")) == ["missing-value"]


def test_a_key_with_a_colon_and_no_value_inside_braces_is_left_to_its_field() -> None:
    assert plain(root_of("{a: , b: , c:\n}")) == {"a": "", "b": "", "c": ""}


def test_what_an_alias_stands_for_is_read_so_that_it_brings_no_further_faults() -> None:
    document = read("a: &x {rate: 5 %}\nb: *x\nc: {<<: *x, below: 99 %}\n")
    assert document.root is not None
    assert plain(document.root) == {
        "a": {"rate": "5 %"},
        "b": {"rate": "5 %"},
        "c": {"rate": "5 %", "below": "99 %"},
    }
    assert sorted(codes(document)) == ["alias", "alias", "anchor", "merge-key"]


def test_after_a_syntax_error_the_faults_of_the_following_sections_are_found_too() -> None:
    document = read("a: @x\nb:\n  c: {d: 1\ne: 1\nf: 'x' y\na: 2\n")
    assert codes(document) == ["needs-quotes", "unclosed-bracket", "needs-quotes", "duplicate-key"]
    assert [diagnostic.place.line for diagnostic in document.diagnostics] == [1, 3, 5, 6]
    assert document.root is None


def test_a_syntax_error_behind_a_tab_is_not_told_beside_the_tab() -> None:
    document = read("a: 1\n\tb: 2\n")
    assert codes(document) == ["tab"]
    assert document.root is None


def test_twenty_levels_are_read_and_the_twenty_first_is_refused() -> None:
    assert codes(read("a: " + "[" * 19 + "]" * 19)) == []
    assert codes(read("a: " + "[" * 20 + "]" * 20)) == ["too-deep"]


def test_fifty_thousand_nodes_are_read_and_one_more_is_refused() -> None:
    # The mapping, its key and the list are three.
    assert codes(read("a: [" + "b," * 49_997 + "]")) == []
    assert codes(read("a: [" + "b," * 49_998 + "]")) == ["too-many-nodes"]


def test_ten_thousand_characters_of_text_are_read_and_one_more_is_refused() -> None:
    assert codes(read("a: " + "x" * 10_000)) == []
    assert codes(read("a: " + "x" * 10_001)) == ["text-too-long"]


def test_a_file_of_one_mebibyte_is_read_and_one_byte_more_is_refused() -> None:
    text = "a: 1\n" + "#" * (LARGEST - 5)
    assert codes(read(text.encode())) == []
    assert codes(read(text.encode() + b"#")) == ["file-too-large"]
    assert codes(read("é" * (LARGEST // 2 + 1))) == ["file-too-large"]


def test_past_two_hundred_faults_the_reading_stops_and_says_so() -> None:
    document = read("a: 1\n" * 500)
    assert len(document.diagnostics) == 201
    assert codes(document)[-1] == "too-many-faults"


def test_diagnostics_come_in_reading_order() -> None:
    document = read("a: 1\na: 2\n\tb: 1\nc: '\n\x07")
    keys = [diagnostic.sort_key for diagnostic in document.diagnostics]
    assert len(keys) >= 3
    assert keys == sorted(keys)


def test_a_lone_half_of_a_character_in_a_text_is_a_fault() -> None:
    assert codes(read("a: \ud800")) == ["invisible-character"]


HOSTILE = {
    "hundred-megabytes": b"a" * 100_000_000,
    "a-million-brackets": b"[" * LARGEST,
    "a-million-dashes": b"- " * (LARGEST // 2),
    "a-million-question-marks": b"? " * (LARGEST // 2),
    "a-million-colons": b":\n" * (LARGEST // 2),
    "a-million-blanks": b" " * LARGEST,
    "a-million-nul-characters": b"a" + b"\0" * (LARGEST - 1),
    "a-million-foreign-bytes": b"\xff" * LARGEST,
    "foreign-bytes-in-turn": b"a\xff" * (LARGEST // 2),
    "a-tab-on-each-line": b"\t\n" * (LARGEST // 2),
    "one-very-long-line": b"a: " + b"x" * (LARGEST - 3),
    "one-very-long-escape": b'a: "' + b"\\0" * (LARGEST // 2 - 4) + b'"',
    "a-very-long-anchor": b"a: &" + b"x" * (LARGEST - 10) + b" b",
    "many-anchors": b"- &a b\n" * (LARGEST // 7),
    "many-equal-keys": b"a: 1\n" * (LARGEST // 5),
    "many-open-quotes": b'k: "\n' * (LARGEST // 5),
    "many-syntax-errors": b"".join(b"k%d: @\n" % number for number in range(LARGEST // 12)),
    "many-flow-pairs": b"{" + b"a: b," * (LARGEST // 5 - 1) + b"}",
    "many-lines-without-a-colon": b"a\n" * (LARGEST // 2),
    "many-list-items-in-depth": b"".join(b" " * depth + b"- a:\n" for depth in range(1400)),
    "many-comments": b"#\n" * (LARGEST // 2),
    "hyphens-and-letters": b"a-" * (LARGEST // 2),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_within_a_second_and_two_hundred_megabytes(data: bytes) -> None:
    started = time.process_time()  # of this process alone: a busy machine says nothing about the reader
    document = read(data)
    shown = render(document.diagnostics, {document.path: document.lines})
    assert time.process_time() - started < 1
    assert document.root is None or document.diagnostics
    assert len(shown) < 500_000
    tracemalloc.start()
    read(data[: LARGEST // 4] if len(data) <= LARGEST else data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # A quarter of the largest file must do with a quarter of the memory; tracing slows the whole tenfold.
    assert peak < 50_000_000
    assert_well_placed(document)


@given(st.binary(max_size=200))
def test_any_bytes_give_nodes_or_well_placed_diagnostics(data: bytes) -> None:
    document = read(data)
    assert document.root is not None or document.diagnostics
    assert_well_placed(document)


YAMLISH = st.text(
    st.sampled_from("ab:-?,[]{}#&*!|>'\"%@`<\\ \n\t\r0é日\u0301\u00a0\x00\x85\u2028\ufeff\ud800"), max_size=60
)


@given(YAMLISH)
def test_any_text_of_yamls_own_signs_gives_nodes_or_well_placed_diagnostics(text: str) -> None:
    document = read(text)
    assert document.root is not None or document.diagnostics
    assert_well_placed(document)


SAMPLE = GOOD[0].read_text()


@given(
    st.lists(
        st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 3), st.text("ab:-,[]{}#&*'\"| \n\t", max_size=3)),
        min_size=1,
        max_size=4,
    )
)
def test_a_good_file_with_slips_is_told_or_reads_as_the_yaml_library_reads_it(
    slips: list[tuple[int, int, str]],
) -> None:
    text = SAMPLE
    for place, cut, put in slips:
        text = text[:place] + put + text[place + cut :]
    document = read(text)
    assert_well_placed(document)
    if document.diagnostics:
        assert all(diagnostic.severity is Severity.ERROR for diagnostic in document.diagnostics)
    else:
        assert document.root is not None
        assert plain(document.root) == as_the_library_reads(text)


SEEN = st.characters(exclude_categories=["Cc", "Cf", "Cn", "Cs", "Zl", "Zp"], exclude_characters="\ufffd")


@given(st.text(SEEN, max_size=30))
def test_a_text_in_single_quotes_comes_back_as_it_went_in(text: str) -> None:
    assert plain(root_of("a: '" + text.replace("'", "''") + "'")) == {"a": text}


@pytest.mark.parametrize(
    ("word", "candidates", "meant"),
    [
        ("uptme", ["response", "uptime"], "uptime"),
        ("at-least", ["at_most", "at_least"], "at_least"),
        ("Termination", ["termination"], "termination"),
        ("wiht", ["with", "within"], "with"),
        ("prio", ["priority", "promise"], "priority"),
        ("pr", ["priority", "per"], None),
        ("charge", ["uptime", "calendar"], None),
        ("of", ["at", "by"], None),
        ("", ["a"], None),
        ("x" * 100_000, ["x" * 100_000], None),
        ("rat", ["rats", "rate", "brat"], "rate"),
    ],
)
def test_the_nearest_spelling_is_named_only_when_it_is_near(
    word: str, candidates: list[str], meant: str | None
) -> None:
    assert nearest(word, candidates) == meant
    assert nearest(word, reversed(candidates)) == meant


def test_a_diagnostic_without_words_or_with_a_crooked_code_is_our_own_fault() -> None:
    place = Place(path="a", line=1, column=1)
    with pytest.raises(ValueError, match="kebab-case"):
        Diagnostic(code="Not_Kebab", severity=Severity.ERROR, place=place, span=0, what="x")
    with pytest.raises(ValueError, match="what is wrong"):
        Diagnostic(code="a", severity=Severity.ERROR, place=place, span=0, what="")
    with pytest.raises(ValueError, match="at least 0"):
        Diagnostic(code="a", severity=Severity.ERROR, place=place, span=-1, what="x")
    with pytest.raises(ValueError, match="from 1"):
        Place(path="a", line=0, column=1)
