"""Writes the handbook anew with what the commands print now and the table of events as rows are read by it now.

Run it as `PYTHONPATH=service:. python -m tests.handbook.refresh` after a change of wording, and read the difference:
the prose beside an output may no longer fit. Does not own: whether an output is right.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from pathlib import Path
from typing import Final

from tests.handbook.blocks import HANDBOOK
from tests.handbook.event_table import event_table
from tests.handbook.first_clause import followed

_TABLE: Final = re.compile(r"^\| event \| column \|.*?\n(?=\n)", re.MULTILINE | re.DOTALL)


def refreshed(handbook: str) -> str:
    """The handbook with every output and the table of events as they are now; all else stays."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        return followed(_TABLE.sub(lambda _: event_table(), handbook), Path(folder))


if __name__ == "__main__":
    HANDBOOK.write_text(refreshed(HANDBOOK.read_text()))
