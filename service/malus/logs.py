"""Owns how the log is written: one line a fact, JSON where no person watches, tracebacks without local values.

Does not own: what is logged. Lines hold counts, names and reasons, never payloads or amounts.
"""

from __future__ import annotations

import logging
import sys
from typing import Final

import structlog

#: The levels that a log can be asked for, from the most to the least.
LEVELS: Final = ("debug", "info", "warning", "error")


def set_up(*, level: str = "info", as_json: bool | None = None) -> None:
    """Write the log to standard error from a level on; `as_json` None: JSON unless that is a terminal."""
    watched = sys.stderr.isatty()
    chain: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if as_json if as_json is not None else not watched:
        # A traceback as text: the structured form would write down local values, and payloads with them.
        chain += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        chain.append(structlog.dev.ConsoleRenderer(colors=watched, exception_formatter=structlog.dev.plain_traceback))
    structlog.configure(
        processors=chain,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=_to_standard_error,
        cache_logger_on_first_use=False,
    )


def _to_standard_error(*_: object) -> structlog.WriteLogger:
    # Asked for each line: whoever set the logs up may since have given the process another standard error.
    return structlog.WriteLogger(file=sys.stderr)
