"""Diagnostics as people and programs read them."""

import json
import pickle
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from malus.model.faults import Diagnostic, MalusError, Place, Severity, in_reading_order
from malus.rulefiles.frames import as_json, count_line, render

PATH = "rules/agreements/acme/2026-07-01-v3.yaml"


def at(line: int, column: int, path: str = PATH) -> Place:
    return Place(path=path, line=line, column=column)


def said(place: Place, span: int = 1, **others: object) -> Diagnostic:
    fields: dict[str, object] = {
        "code": "some-fault",
        "severity": Severity.ERROR,
        "what": "something is wrong",
    }
    return Diagnostic(place=place, span=span, **(fields | others))  # type: ignore[arg-type]


def lines(**numbered: str) -> Mapping[str, list[str]]:
    """Lines by number, `l44="..."`; those between are empty."""
    by_number = {int(name[1:]): text for name, text in numbered.items()}
    return {PATH: [by_number.get(number, "") for number in range(1, max(by_number) + 1)]}


def test_a_fault_is_shown_at_its_place_with_its_article_a_caret_and_what_was_meant() -> None:
    fault = said(
        at(44, 26),
        span=5,
        code="unknown-indicator",
        what="`uptme` is not an indicator",
        hint="did you mean `uptime`? declared on line 21",
        source="art. 7.2",
    )
    assert render([fault], lines(l44="    promise: {indicator: uptme, at_least: 99.9 %}")) == (
        f"{PATH}:44:26: error[unknown-indicator] `uptme` is not an indicator (art. 7.2)\n"
        "44 |     promise: {indicator: uptme, at_least: 99.9 %}\n"
        "   |                          ^^^^^ did you mean `uptime`? declared on line 21\n"
        "1 error in 1 file\n"
    )


def test_a_gap_shows_both_its_edges_and_what_it_means_in_money() -> None:
    fault = said(
        at(41, 9),
        span=0,
        code="table-gap",
        what="`uptime-credit` has no row from 95 % up to 95.5 %",
        money="a month at 95.2 % would pay nothing; its neighbours pay 10,000.00 and 4,000.00 EUR",
        also=((at(40, 9), "ends here"), (at(41, 9), "starts here")),
    )
    shown = lines(l40="- {below: 95.0 %, rate: 25 %}", l41="- {at_least: 95.5 %, below: 99.0 %, rate: 10 %}")
    assert render([fault], shown) == (
        f"{PATH}:41:9: error[table-gap] `uptime-credit` has no row from 95 % up to 95.5 %\n"
        "40 | - {below: 95.0 %, rate: 25 %}   <- ends here\n"
        "41 | - {at_least: 95.5 %, below: 99.0 %, rate: 10 %}   <- starts here\n"
        "   = a month at 95.2 % would pay nothing; its neighbours pay 10,000.00 and 4,000.00 EUR\n"
        "1 error in 1 file\n"
    )


def test_a_second_place_on_the_same_line_has_its_own_underline() -> None:
    fault = said(at(1, 8), hint="keep one", also=((at(1, 2), "first here"),))
    assert render([fault], lines(l1="{a: 1, a: 2}")).splitlines()[1:-1] == [
        "1 | {a: 1, a: 2}",
        "  |  - first here",
        "  |        ^ keep one",
    ]


def test_a_second_place_in_another_file_is_shown_with_its_path() -> None:
    fault = said(at(1, 1), also=((at(2, 3, "other.yaml"), "in force too"), (at(9, 1, "gone.yaml"), "and here")))
    assert render([fault], {PATH: ["effective: 2026"], "other.yaml": ["", "  ends: 2027"]}).splitlines()[1:-1] == [
        "1 | effective: 2026",
        "  | ^",
        "  --> other.yaml:2:3",
        "2 |   ends: 2027   <- in force too",
        "  = gone.yaml:9:1: and here",
    ]


def test_a_fault_of_a_whole_file_has_no_frame_and_keeps_its_hint() -> None:
    shown = render([said(at(1, 1), span=0, hint="save it as UTF-8")], {})
    assert shown.splitlines()[1] == " = save it as UTF-8"


def test_a_file_whose_lines_are_not_at_hand_is_named_all_the_same() -> None:
    assert render([said(at(7, 3), hint="do this")], {}).splitlines() == [
        f"{PATH}:7:3: error[some-fault] something is wrong",
        " = do this",
        "1 error in 1 file",
    ]


@pytest.mark.parametrize(
    ("line", "word", "under"),
    [
        ("naam: uptme", "uptme", "      ^^^^^"),
        ("日本: uptme", "uptme", "      ^^^^^"),
        ("é: 日本語", "日本語", "   ^^^^^^"),
        ("e\u0301: uptme", "uptme", "   ^^^^^"),
        ("\ta:\tuptme", "uptme", "          ^^^^^"),
        ("a: \x1b[31m uptme", "uptme", "         ^^^^^"),
        ("Ａ: ok", "ok", "    ^^"),
    ],
)
def test_the_caret_stands_beneath_the_text_whatever_stands_before_it(line: str, word: str, under: str) -> None:
    shown = render([said(at(1, line.index(word) + 1), span=len(word))], {PATH: [line]})
    assert shown.splitlines()[2] == f"  | {under}"


def test_a_very_long_line_is_cut_around_its_caret() -> None:
    line = "a" * 5_000 + "uptme" + "b" * 5_000
    _, shown, under, _ = render([said(at(1, 5_001), span=5)], {PATH: [line]}).splitlines()
    assert len(shown) < 200
    assert shown.startswith("1 | …")
    assert shown.endswith("…")
    assert shown[under.index("^") : under.rindex("^") + 1] == "uptme"


def test_an_underline_longer_than_its_line_ends_with_the_line() -> None:
    assert render([said(at(1, 4), span=90)], {PATH: ["a: bc"]}).splitlines()[2] == "  |    ^^"


def test_a_place_just_behind_a_line_can_be_underlined() -> None:
    assert render([said(at(1, 3))], {PATH: ["a:"]}).splitlines()[2] == "  |   ^"


def test_nothing_from_a_file_can_steer_a_terminal() -> None:
    shown = render([said(at(1, 1), what="`\x1b[2J\u202e` is unknown\nok")], {PATH: ["\x1b]0;x\x07\ud800"]})
    assert shown.splitlines()[:2] == [
        f"{PATH}:1:1: error[some-fault] `␛[2J\ufffd` is unknown␊ok",
        "1 | ␛]0;x␇\ufffd",
    ]


def test_the_closing_line_counts_each_severity_and_the_files() -> None:
    found = [
        said(at(1, 1)),
        said(at(2, 1)),
        said(at(3, 1, "b.yaml")),
        said(at(4, 1), severity=Severity.WARNING),
        said(at(5, 1), severity=Severity.NOTE),
    ]
    assert count_line(found) == "3 errors, 1 warning, 1 note in 2 files"
    assert count_line([]) == "nothing found in 0 files"


def test_no_diagnostics_are_shown_as_nothing() -> None:
    assert render([], {}) == ""


def test_diagnostics_are_shown_by_path_line_column_and_code_and_each_once() -> None:
    ordered = [
        said(at(9, 9, "a.yaml")),
        said(at(1, 5)),
        said(at(2, 1), code="a-code"),
        said(at(2, 1), code="b-code"),
        said(at(2, 3)),
        said(at(10, 1)),
    ]
    assert in_reading_order([*reversed(ordered), ordered[2]]) == tuple(ordered)


PLACES = st.builds(Place, path=st.sampled_from(["a.yaml", "b.yaml"]), line=st.integers(1, 5), column=st.integers(1, 30))
DIAGNOSTICS = st.builds(
    Diagnostic,
    code=st.sampled_from(["a", "b-c"]),
    severity=st.sampled_from(Severity),
    place=PLACES,
    span=st.integers(0, 40),
    what=st.text(min_size=1),
    hint=st.text(),
    source=st.text(),
    money=st.text(),
    also=st.lists(st.tuples(PLACES, st.text()), max_size=3).map(tuple),
)


def from_json(fields: dict[str, object]) -> Diagnostic:
    """Undo `as_json`, to show that nothing is lost."""
    also = tuple((place_from(other), other["label"]) for other in fields["also"])  # type: ignore[attr-defined]
    words = {name: fields[name] for name in ("code", "span", "what", "hint", "source", "money")}
    severity = Severity(fields["severity"])
    return Diagnostic(place=place_from(fields), severity=severity, also=also, **words)  # type: ignore[arg-type]


def place_from(fields: dict[str, object]) -> Place:
    return Place(**{name: fields[name] for name in ("path", "line", "column")})  # type: ignore[arg-type]


@given(st.lists(DIAGNOSTICS, max_size=5))
def test_the_form_for_programs_loses_nothing(found: list[Diagnostic]) -> None:
    assert tuple(map(from_json, json.loads(json.dumps(as_json(found))))) == in_reading_order(found)


@given(st.lists(DIAGNOSTICS, min_size=1, max_size=3), st.lists(st.text(max_size=40), max_size=5))
def test_any_diagnostic_over_any_lines_can_be_shown_and_encoded(found: list[Diagnostic], texts: list[str]) -> None:
    shown = render(found, {"a.yaml": texts})
    assert shown.encode()
    assert shown.splitlines()[-1] == count_line(in_reading_order(found))


def test_a_callers_error_keeps_its_reason_and_facts_across_a_process_boundary() -> None:
    error = MalusError("unknown-agreement", "no agreement is called `acme`", {"agreement": "acme"})
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own bytes
    assert (again.reason, again.message, dict(again.metadata)) == (
        error.reason,
        error.message,
        {"agreement": "acme"},
    )
    assert str(again) == "no agreement is called `acme`"
    with pytest.raises(ValueError, match="kebab-case"):
        MalusError("Unknown Agreement", "x")
