"""The schema for editors: made from the forms, kept beside the rules, and true of the good files."""

import json
import re
from pathlib import Path

import pytest
import yaml
from malus.rulefiles.schema import terms_schema

HERE = Path(__file__).parent
KEPT = HERE.parents[1] / "rules" / "schema" / "terms-1.json"


def test_the_kept_schema_is_the_one_that_the_forms_make(rewrites: bool) -> None:
    text = json.dumps(terms_schema(), indent=2, ensure_ascii=False) + "\n"
    if rewrites:
        KEPT.write_text(text, encoding="utf-8")
    assert KEPT.read_text(encoding="utf-8") == text


def as_text(text: str) -> object:
    """A rule file as plain dicts and lists in which every scalar is still text."""
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it builds nothing but text


def resolved(schema: dict[str, object], root: dict[str, object]) -> dict[str, object]:
    reference = schema.get("$ref")
    if isinstance(reference, str):
        definitions = root["$defs"]
        assert isinstance(definitions, dict)
        found = definitions[reference.removeprefix("#/$defs/")]
        assert isinstance(found, dict)
        return found
    return schema


def accepts(schema: dict[str, object], value: object, root: dict[str, object]) -> bool:
    """Whether a value fits, as far as the keywords that our schema uses go; another keyword fails the test."""
    schema = resolved(schema, root)
    known = {"anyOf", "enum", "type", "pattern", "properties", "required", "additionalProperties", "items"}
    known |= {"propertyNames", "minItems", "minProperties", "description", "$schema", "title", "$defs", "$ref"}
    assert set(schema) <= known
    if "anyOf" in schema:
        return any(accepts(part, value, root) for part in schema["anyOf"])  # type: ignore[attr-defined]
    if "enum" in schema:
        return value in [str(word) for word in schema["enum"]]  # type: ignore[attr-defined]
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if isinstance(value, str):
        return "string" in kinds and re.search(str(schema.get("pattern", "")), value) is not None
    if isinstance(value, list):
        return "array" in kinds and all(accepts(schema["items"], item, root) for item in value)  # type: ignore[arg-type]
    assert isinstance(value, dict)
    if "object" not in kinds:
        return False
    properties = schema.get("properties", {})
    rest = schema["additionalProperties"]
    required = schema.get("required", [])
    assert isinstance(properties, dict)
    assert isinstance(required, list)
    return set(required) <= set(value) and all(
        accepts(properties[key], item, root)
        if key in properties
        else isinstance(rest, dict) and accepts(rest, item, root)
        for key, item in value.items()
    )


@pytest.mark.parametrize("path", sorted((HERE / "good").glob("*.yaml")), ids=lambda path: path.stem)
def test_an_editor_accepts_every_good_file(path: Path) -> None:
    schema = terms_schema()
    assert accepts(schema, as_text(path.read_text(encoding="utf-8")), schema)


@pytest.mark.parametrize("name", ["unknown-key", "missing-key", "unknown-value", "malformed-date", "wrong-type"])
def test_an_editor_refuses_what_lint_calls_a_fault_of_shape(name: str) -> None:
    schema = terms_schema()
    text = (HERE / "bad" / f"{name}.yaml").read_text(encoding="utf-8")
    assert not accepts(schema, as_text(text), schema)


def test_every_key_explains_itself_in_a_sentence() -> None:
    definitions = terms_schema()["$defs"]
    assert isinstance(definitions, dict)
    assert len(definitions) > 40
    for name, definition in definitions.items():
        for key, described in definition["properties"].items():
            assert described["description"], f"{name}: {key}"
