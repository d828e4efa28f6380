"""The API's own description taken apart for the page that shows it to people."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A parameter, or a field of a body."""

    name: str
    place: str  # query, path or header; body for a field
    kind: str
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """One shape in which a body may be sent."""

    title: str
    media_type: str
    about: str
    fields: Sequence[Item]
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that the API does."""

    line: str
    summary: str
    about: str
    group: str
    token: str  # is needed, may be sent, or empty where it plays no part
    parameters: Sequence[Item]
    bodies: Sequence[Body]
    answers: Sequence[str]


def read_operations(document: Schema) -> list[Operation]:
    """Return what an OpenAPI document describes, in its order."""
    return [
        Operation(
            line=f"{method.upper()} {path}",
            summary=operation["summary"],
            about=operation.get("description", ""),
            group=operation["tags"][0],
            token=_token(operation.get("security", ())),
            parameters=[_item(found["name"], found["in"], found, found["schema"]) for found in operation["parameters"]],
            bodies=list(_bodies(document, operation.get("requestBody", {}))),
            answers=[
                f"{status} {HTTPStatus(int(status)).phrase}" for status in sorted(operation["responses"], key=int)
            ],
        )
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def _token(security: Sequence[Schema]) -> str:
    if not security:
        return ""
    return "may be sent" if {} in security else "is needed"


def _bodies(document: Schema, request: Schema) -> Iterator[Body]:
    for media_type, content in request.get("content", {}).items():
        schema = _resolve(document, content["schema"])
        for inner in schema.get("oneOf", [schema]):
            yield _body(document, media_type, _resolve(document, inner))


def _resolve(document: Schema, schema: Schema) -> Schema:
    """Return what a schema refers to; the schema itself when it refers to nothing."""
    if "$ref" not in schema:
        return schema
    return dict(document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])


def _body(document: Schema, media_type: str, schema: Schema) -> Body:
    required = set(schema.get("required", ()))
    examples = schema.get("examples", ())
    return Body(
        title=schema.get("properties", {}).get("kind", {}).get("const", ""),
        media_type=media_type,
        about=schema.get("description", ""),
        fields=[
            _item(name, "body", {"required": name in required}, _resolve(document, field))
            for name, field in schema.get("properties", {}).items()
        ],
        example=json.dumps(examples[0], ensure_ascii=False, indent=2) if examples else "",
    )


def _item(name: str, place: str, told: Schema, schema: Schema) -> Item:
    notes = ["required" if told.get("required") else "optional"]
    options = [schema, *schema.get("anyOf", ())]
    description = told.get("description") or next(
        (option["description"] for option in options if "description" in option), ""
    )
    notes += [description] if description else []
    notes += [f"at most {schema[key]}{unit}" for key, unit in _LIMITS if schema.get(key, _NO_LIMIT) < _NO_LIMIT]
    notes += [f"for example {told['example']}"] if "example" in told else []
    kind = _kind(schema)
    if place != "body":  # what is not sent is none; an address has no other way to say so
        kind = kind.removesuffix(" or null")
    return Item(name=name, place=place, kind=kind, notes="; ".join(notes))


_LIMITS = (("maximum", ""), ("maxLength", " characters"), ("maxItems", " values"))
_NO_LIMIT = 2**53 - 1  # as far as a number of JSON goes


def _kind(schema: Schema) -> str:
    """Say what values are allowed.

    >>> _kind({"anyOf": [{"type": "integer"}, {"type": "null"}]}), _kind({"enum": ["a", "b"], "type": "string"})
    ('integer or null', 'one of: a, b')
    >>> _kind({"type": "array", "items": {"type": "string"}}), _kind({"type": "string", "format": "binary"})
    ('string, several allowed', 'bytes')
    """
    if "anyOf" in schema:
        return " or ".join(_kind(option) for option in schema["anyOf"])
    if "const" in schema:
        return f"“{schema['const']}”"
    if "enum" in schema:
        named = ", ".join(str(value) or "empty" for value in schema["enum"])
        return f"one of: {named}" if len(schema["enum"]) <= _MOST_NAMED else "one of a list"
    if schema.get("type") == "array":
        return f"{_kind(schema['items'])}, several allowed"
    return _FORMATS.get(schema.get("format", "")) or str(schema.get("type", "one of a list"))


_MOST_NAMED = 8
_FORMATS = {"binary": "bytes", "date": "date as text"}
