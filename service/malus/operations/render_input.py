"""Owns the words about what went in: rows that are no events, agreements not judged, what was left aside.

Does not own: faults of rule files (rulefiles.frames), or what became of events of an agreement (render).
"""

from __future__ import annotations

from collections.abc import Sequence

from malus.operations.evaluate import EvaluateAnswer, NotJudged
from malus.operations.event_sink import EventFault
from malus.operations.render import remark_lines
from malus.operations.render_json import JsonValue, as_json
from malus.operations.render_words import counted

#: As many faults as are shown one by one; a file with a wrong column has one in every row.
FAULTS_SHOWN = 20


def input_text(answer: EvaluateAnswer) -> str:
    """What kept something out of the answer: where it is, what is wrong, what follows from it, what to write.

    Empty where there is nothing to say; otherwise it ends with a line feed.
    """
    lines = [not_judged_line(item) for item in answer.not_judged]
    lines += fault_lines(answer.faults)
    lines += [line.strip() for line in remark_lines(answer.remarks)]
    lines += [f"note: {note}" for note in answer.notes]
    if answer.duplicates:
        lines.append(f"note: {counted(answer.duplicates, 'row')} repeated an earlier one and counted once")
    return "".join(f"{line}\n" for line in lines)


def fault_lines(faults: Sequence[EventFault]) -> list[str]:
    """Rows that are no events: the first of them with what to write, the others counted by reason."""
    lines = [_fault_line(fault) for fault in faults[:FAULTS_SHOWN]]
    rest: dict[tuple[str, str, str], int] = {}
    for fault in faults[FAULTS_SHOWN:]:
        key = (fault.path, fault.reason, fault.field)
        rest[key] = rest.get(key, 0) + 1
    for (path, reason, field), count in rest.items():
        lines.append(f"{path}: error[{reason}] {counted(count, 'more fault')}{f' in `{field}`' if field else ''}")
    return [*lines, *_refused_lines(faults)] if faults else lines


def _refused_lines(faults: Sequence[EventFault]) -> list[str]:
    """How much was refused: whole files, each by name, and rows of others."""
    faults = [fault for fault in faults if fault.reason != "no-event-files"]  # a folder has no rows to refuse
    files = list(dict.fromkeys(fault.path for fault in faults if fault.whole_file))
    those = [fault for fault in faults if fault.path not in files]
    lines = []
    for path in files:
        here = sum(fault.path == path for fault in faults)
        lines.append(f"{counted(here, 'fault')} in {path}; the whole file was refused and judged nothing")
    rows = {(fault.path, fault.row) for fault in those}
    if rows:
        lines.append(f"{counted(len(those), 'fault')} in {counted(len(rows), 'row')}; these rows judged nothing")
    return lines


def not_judged_line(item: NotJudged) -> str:
    """An agreement without an answer, and why."""
    return f"{item.agreement}: not judged [{item.reason}]: {item.message}"


def answer_json(answer: EvaluateAnswer, diagnostics: JsonValue) -> dict[str, JsonValue]:
    """The whole answer for programs: assessments, and everything that kept something out of them."""
    return {
        "assessments": [as_json(assessment) for assessment in answer.assessments],
        "not_judged": [
            {"agreement": item.agreement, "reason": item.reason, "message": item.message} for item in answer.not_judged
        ],
        "faults": [
            {
                "path": fault.path,
                "row": fault.row,
                "field": fault.field,
                "reason": fault.reason,
                "what": fault.what,
                "hint": fault.hint,
                "whole_file": fault.whole_file,
            }
            for fault in answer.faults
        ],
        "remarks": [
            {
                "event": remark.event,
                "reason": remark.reason,
                "message": remark.message,
                "evidence": remark.evidence,
            }
            for remark in answer.remarks
        ],
        "diagnostics": diagnostics,
        "events": answer.events,
        "duplicates": answer.duplicates,
        "notes": list(answer.notes),
    }


def _fault_line(fault: EventFault) -> str:
    place = f"{fault.path}:{fault.row}" if fault.row else fault.path
    field = f" `{fault.field}`:" if fault.field and f"`{fault.field}`" not in fault.what else ""
    return f"{place}: error[{fault.reason}]{field} {fault.what}; {fault.hint}"
