"""JSON Schema from typed structures, so that code and readers get the same description."""

from __future__ import annotations

import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
}


@dataclass(frozen=True)
class SchemaHint:
    """What a type alone does not tell: description, format, pattern and an example."""

    description: str = ""
    format: str = ""
    pattern: str = ""
    example: str = ""

    def keywords(self) -> dict[str, Any]:
        """The keywords of JSON Schema with the same meaning."""
        keywords = {
            "description": _words(self.description),
            "format": self.format,
            "pattern": self.pattern,
        }
        stated: dict[str, Any] = {name: value for name, value in keywords.items() if value}
        return stated | ({"examples": [self.example]} if self.example else {})


def json_schema_for(title: str, *kinds: type, closed: bool = False) -> dict[str, Any]:
    """JSON Schema (2020-12) of one typed structure, or of any one of several.

    Each structure that is met stands in ``$defs`` under its own name. ``closed`` refuses fields
    that are not named: for our own check of what is written, never for readers, who are told
    that fields may be added.
    """
    components = schema_components(*kinds, root="#/$defs/", closed=closed)
    pointers = [{"$ref": f"#/$defs/{kind.__name__}"} for kind in kinds]
    whole = pointers[0] if len(pointers) == 1 else {"oneOf": pointers}
    return {"$schema": DIALECT, "title": title, **whole, "$defs": components}


def schema_components(*kinds: type, root: str, closed: bool = False) -> dict[str, Any]:
    """The schema of each structure and of all that it is made of, by name, in that order.

    ``root`` is what stands before the name in a reference to one of them.
    """
    structures: dict[str, type] = {}
    for kind in kinds:
        _collect(kind, structures)
    return {name: _structure(kind, root, closed) for name, kind in structures.items()}


def _words(text: str) -> str:
    """A docstring as one line of Markdown, which is what descriptions are written in."""
    return " ".join(text.split()).replace("``", "`")


def _collect(kind: Any, structures: dict[str, type]) -> None:
    if is_typeddict(kind):
        if structures.setdefault(kind.__name__, kind) is not kind:
            raise TypeError(f"Two structures are named {kind.__name__}.")
        parts: Iterator[Any] = iter(_fields(kind).values())
    else:
        parts = iter(get_args(kind))
    for part in parts:
        if is_typeddict(part) and part.__name__ in structures and structures[part.__name__] is part:
            continue
        if get_origin(part) is not Literal:
            _collect(part, structures)


def _fields(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _structure(kind: type, root: str, closed: bool) -> dict[str, Any]:
    fields = _fields(kind)
    # Asked of the annotations: the class itself cannot tell when they are strings.
    optional = {
        name for name, annotation in fields.items() if get_origin(annotation) is NotRequired
    }
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: _schema(value, root) for name, value in fields.items()},
        "required": [name for name in fields if name not in optional],
    }
    if kind.__doc__:
        schema = {"description": _words(kind.__doc__), **schema}
    return schema | ({"additionalProperties": False} if closed else {})


def _schema(kind: Any, root: str) -> dict[str, Any]:
    if is_typeddict(kind):
        return {"$ref": f"{root}{kind.__name__}"}
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is NotRequired:
        return _schema(arguments[0], root)
    if origin is Annotated:
        schema = _schema(arguments[0], root)
        for shape in arguments[1:]:
            schema = schema | shape.keywords()
        return schema
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin in (list, Sequence):
        return {"type": "array", "items": _schema(arguments[0], root)}
    if origin is dict:
        return {"type": "object", "additionalProperties": _schema(arguments[1], root)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_schema(argument, root) for argument in arguments]}
    return dict(_PLAIN[kind])
