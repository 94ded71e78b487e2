"""The JSON Schema of rule files, from the description that checks them: editors complete and explain keys.

Owns: the envelope of the schema. Does not own: any key (the forms), nor writing it to a file.
"""

from __future__ import annotations

from malus.rulefiles.documents import Schema
from malus.rulefiles.forms_agreement import AGREEMENT


def terms_schema() -> Schema:
    """The schema of one file of terms, format 1, in the 2020-12 draft; the same mapping at every call."""
    definitions: dict[str, Schema] = {}
    root = AGREEMENT.schema(definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Terms of a service level agreement, format 1",
        **root,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }
