"""New names for what a file declares, wherever it is spoken of, with the earlier one beside it.

Owns: the renaming. Does not own: which text calls what anew (`agreements`, focuses).
"""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def called_anew(document: Document, name: str, others: str) -> None:
    """Call one indicator or clause something else, wherever it is named."""
    new = f"new-{name}"
    document[others] = {new if key == name else key: value for key, value in document[others].items()}
    document[others][new] = {**document[others][new], "formerly": name}
    _replace(document, name, new)


def _replace(node: Any, name: str, new: str) -> None:
    if isinstance(node, dict):
        for key, value in node.items():
            if value == name and key != "formerly":
                node[key] = new
            else:
                _replace(value, name, new)
    elif isinstance(node, list):
        for place, value in enumerate(node):
            if value == name:
                node[place] = new
            else:
                _replace(value, name, new)
