"""Collects what users read: strings of the code, text of the templates, strings of the scripts.

Sentences reach a user in many ways (a refusal, a label, a message, a line of a report), so every
string of the code that looks like prose is taken; docstrings and comments are not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# A string given to one of these is for users, even if it is a single word.
FUNCTIONS = {
    "_",
    "gettext",
    "gettext_lazy",
    "gettext_noop",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
    "npgettext",
}
NAMES = {
    "description",
    "empty_label",
    "help",
    "help_text",
    "hint",
    "label",
    "short_description",
    "verbose_name",
    "verbose_name_plural",
    "violation_error_message",
}
TWO_WORDS = re.compile(r"[^\W\d_]{2,}[,.:;”]? [(“]?[^\W\d_]")
NOT_PROSE = re.compile(r"\b(?:SELECT|INSERT|UPDATE|CREATE|ALTER|GRANT|REVOKE)\b|\(\?[P:=!<]|</?svg")
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
TRANSLATED = re.compile(r"\{%\s*translate\s+(?:\"([^\"]*)\"|'([^']*)')[^%]*%\}")
TEMPLATE_TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
DEFAULT = re.compile(r"\|default:\"([^\"]*)\"")
SCRIPT = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
ATTRIBUTE = re.compile(
    r"\b(?:aria-label|title|placeholder|alt|value|label|data-label)=\"([^\"<>]*)\""
)
HTML_TAG = re.compile(r"<[^>]*>", re.DOTALL)
SCRIPT_STRING = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`")
SCRIPT_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


class Sentence(NamedTuple):
    """A text for users and where it is."""

    place: str
    text: str


def of_code(code: str, name: str) -> Iterator[Sentence]:
    """The strings of Python code that users may read."""
    tree = ast.parse(code)
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    marked: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name_of(node.func) in FUNCTIONS:
            marked.update(id(argument) for argument in node.args)
        elif isinstance(node, (ast.keyword, ast.Assign)) and NAMES & _names_given(node):
            marked.add(id(node.value))
    parts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    for node in ast.walk(tree):
        if id(node) in docstrings or id(node) in parts:
            continue
        text = _text_of(node)
        if text is None or NOT_PROSE.search(text):
            continue
        if id(node) in marked or TWO_WORDS.search(text):
            yield Sentence(f"{name}:{node.lineno}", text)  # type: ignore[attr-defined]


def of_template(text: str, name: str) -> Iterator[Sentence]:
    """The text of a template, messages for translation and attributes that are read included."""
    text = SCRIPT.sub("", COMMENT.sub("", text))
    yield from (Sentence(name, match[1]) for match in DEFAULT.finditer(text))
    text = TRANSLATED.sub(lambda match: match[1] or match[2], text)
    text = TEMPLATE_TAG.sub("…", text)
    for match in ATTRIBUTE.finditer(text):
        yield Sentence(name, match[1])
    for piece in re.split(r"\n\s*\n|</(?:p|li|h\d|td|th|dt|dd|option|label|caption)>", text):
        words = " ".join(HTML_TAG.sub("", piece).split())
        if words:
            yield Sentence(name, words)


def of_script(text: str, name: str) -> Iterator[Sentence]:
    """The strings of a script that look like prose."""
    for match in SCRIPT_STRING.finditer(SCRIPT_COMMENT.sub("", text)):
        string = match[1] or match[2] or match[3] or ""
        if TWO_WORDS.search(string):
            yield Sentence(name, string)


def sentences() -> Iterator[Sentence]:
    """All that the project says to users."""
    for path in sorted((ROOT / "kb").rglob("*.py")):
        if "migrations" not in path.parts:
            yield from of_code(path.read_text(encoding="utf-8"), _relative(path))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield from of_template(path.read_text(encoding="utf-8"), _relative(path))
    for path in sorted((ROOT / "static").rglob("*.js")):
        yield from of_script(path.read_text(encoding="utf-8"), _relative(path))


def _relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""


def _names_given(node: ast.keyword | ast.Assign) -> set[str]:
    """The name of a keyword argument, or the names that an assignment sets."""
    if isinstance(node, ast.keyword):
        return {node.arg or ""}
    return {_name_of(target) for target in node.targets}


def _text_of(node: ast.AST) -> str | None:
    """The text of a string, with … for the fields of an f-string; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values
        )
    return None
