"""Owns what becomes of a batch's file that cannot be read: it is named, with the reason and what to do.

Does not own: what is read of a file (folding, spark).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa

from malus.model.faults import MalusError


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """Read a Parquet file within this.

    Raises MalusError `unreadable-file` where it cannot be opened, `malformed-file` where it is damaged or of another
    format: without its events every answer could be wrong, so there is none.
    """
    try:
        yield
    except (OSError, pa.ArrowException) as fault:
        about = {"path": str(file)}
        if isinstance(fault, OSError) and fault.errno is not None:
            what = f"{file}: {fault.strerror}: check the path and its rights"
            raise MalusError("unreadable-file", what, about) from None
        why = (str(fault).splitlines() or ["it is damaged"])[0][:120]
        what = f"{file} is no readable Parquet file: {why}: write it again, or leave it out; nothing was judged"
        raise MalusError("malformed-file", what, about) from None
