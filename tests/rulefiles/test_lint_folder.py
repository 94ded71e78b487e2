"""What several files of one agreement say together."""

import datetime
from pathlib import Path

from malus.model.faults import Severity
from malus.rulefiles.compiler import Compiled, compile_terms
from malus.rulefiles.lint_folder import lint_agreement

SHORT = (Path(__file__).parent / "good" / "short.yaml").read_text(encoding="utf-8")


def terms(path: str = "2026.yaml", **changed: str) -> Compiled:
    """The short file with other values after keys at its top."""
    lines = [
        f"{key}: {changed[key]}" if (key := line.partition(":")[0]) in changed else line for line in SHORT.splitlines()
    ]
    result = compile_terms("\n".join(lines), path)
    assert result.terms is not None
    return result


def following(path: str = "2027.yaml", **changed: str) -> Compiled:
    return terms(path, **({"effective": "2027-01-01", "ends": "2027-12-31"} | changed))


def codes(*files: Compiled, today: str | None = None) -> list[tuple[str, str, Severity]]:
    day = None if today is None else datetime.date.fromisoformat(today)
    return [(item.place.path, item.code, item.severity) for item in lint_agreement(files, day)]


def test_terms_that_follow_each_other_day_by_day_are_nothing_to_speak_of() -> None:
    assert codes(following(), terms()) == []


def test_a_later_file_may_restate_terms_before_they_end() -> None:
    assert codes(terms(), following(effective="2026-07-01")) == []


def test_two_files_from_one_day_on_are_an_error_that_names_both() -> None:
    found = lint_agreement([terms("a.yaml"), terms("b.yaml")], None)
    assert [(item.code, item.severity, item.place.path, item.place.line) for item in found] == [
        ("overlapping-terms", Severity.ERROR, "b.yaml", 6)
    ]
    assert [(place.path, place.line) for place, _ in found[0].also] == [("a.yaml", 6)]


def test_what_a_later_file_splits_says_in_the_earlier_one_what_a_part_of_it_is_charged() -> None:
    def later(day: str, amended: str, signed: str = "{provider: 2026-01-02, customer: 2026-01-02}") -> Compiled:
        text = SHORT.replace("effective: 2026-01-01", f"effective: {day}\namended: {amended}").replace(
            "signed: {provider: 2025-12-12, customer: 2025-12-15}", f"signed: {signed}"
        )
        text = text.replace("period: judged}", "period: judged, part_period: pro_rata}")
        result = compile_terms(text.replace("per: month, cut", "per: month, part_period: pro_rata, cut"), "later.yaml")
        assert result.terms is not None
        return result

    found = lint_agreement([terms(), later("2026-03-16", "split")], None)
    assert [(item.code, item.place.path, item.what) for item in found] == [
        (
            "part-period-unstated",
            "2026.yaml",
            "`effective: 2026-03-16` splits a month, and `uptime-credit` does not say what a part of one is charged",
        )
    ]
    assert [place.path for place, _ in found[0].also] == ["later.yaml"]
    assert codes(terms(), later("2026-04-01", "split")) == []
    assert codes(terms(), later("2026-03-16", "by_start")) == []
    assert codes(terms(), later("2026-03-16", "split", "{provider: 2026-01-02}")) == []


def test_a_file_named_after_another_day_than_its_terms_hold_from_is_a_warning() -> None:
    assert codes(terms("acme/2026-01-01-first.yaml")) == []
    assert codes(terms("acme/first.yaml")) == []
    found = lint_agreement([terms("2025-06-01-acme/2026-02-01-first.yaml")], None)
    assert [(item.code, item.severity, item.what) for item in found] == [
        (
            "name-disagrees",
            Severity.WARNING,
            "these terms hold from 2026-01-01, and the file's name says 2026-02-01",
        )
    ]


def test_a_stretch_without_terms_is_a_warning() -> None:
    assert codes(terms(), following(effective="2027-02-01")) == [("2027.yaml", "gap-between-terms", Severity.WARNING)]


def test_a_folder_holds_one_agreement() -> None:
    assert codes(terms(), following(agreement="another")) == [("2027.yaml", "another-agreement", Severity.ERROR)]


def test_a_review_is_overdue_from_the_day_after_it_was_due() -> None:
    open_ended = terms(ends="2028-12-31")
    assert codes(open_ended, today="2027-01-01") == []
    assert codes(open_ended, today="2027-01-02") == [("2026.yaml", "review-overdue", Severity.WARNING)]


def test_a_review_that_was_held_moves_the_next_one() -> None:
    held = terms(ends="2028-12-31", review="{every: 12 months, source: art. 9, held: [2026-11-30]}")
    assert codes(held, today="2027-11-30") == []
    assert codes(held, today="2027-12-01") == [("2026.yaml", "review-overdue", Severity.WARNING)]


def test_no_review_is_due_under_terms_that_are_over_or_unsigned() -> None:
    assert codes(terms(), today="2030-01-01") == []
    unsigned = terms(ends="2028-12-31", signed="{provider: 2025-12-12}")
    assert codes(unsigned, today="2028-01-01") == []


def test_without_a_day_to_hold_it_against_no_review_is_overdue() -> None:
    assert codes(terms(ends="2040-12-31")) == []


def test_holidays_that_end_within_a_year_while_the_terms_go_on_are_a_warning() -> None:
    text = SHORT.replace("holidays: none", "holidays: NL").replace("ends: 2026-12-31\n", "")
    text = text.replace("every: 12 months", "every: 20 years")
    result = compile_terms(text, "open.yaml")
    assert result.terms is not None
    assert codes(result, today="2035-12-31") == []
    assert codes(result, today="2036-01-02") == [("open.yaml", "holiday-horizon", Severity.WARNING)]


def test_a_file_with_errors_is_left_out_of_account() -> None:
    broken = compile_terms(SHORT.replace("title: Hosting", "title:"), "broken.yaml")
    assert broken.terms is None
    assert codes(terms(), broken) == []
