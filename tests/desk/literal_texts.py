"""Finds texts in Python code that users read and that do not go through gettext."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

TRANSLATING = {
    f"{context}{plural}gettext{lazy}"
    for context in ("", "p", "np")
    for plural in ("", "n")
    for lazy in ("", "_lazy", "_noop")
} | {"_"}
MESSAGE_LEVELS = {"debug", "info", "success", "warning", "error"}
# By the name of a callable: where its argument for users is.
FIRST_FOR_USERS = {
    "ValidationError", "ActionRefused", "FetchError", "FileRefused", "ColumnsUnclear", "Http404",
    "format_html",
}  # fmt: skip
SECOND_FOR_USERS = {"message_user", "add_error"}
FORMATTING = {"format_html", "format_lazy", "mark_safe", "capfirst", "str"}
KEYWORDS = {
    "label", "help_text", "verbose_name", "verbose_name_plural", "short_description",
    "description", "violation_error_message", "empty_label", "choices", "error_messages",
}  # fmt: skip
FOR_PROGRAMMERS = {
    "TypeError", "ValueError", "RuntimeError", "KeyError", "AppendOnly", "ImproperlyConfigured",
    "CommandError",
}  # fmt: skip
MARKUP = re.compile(r"<[^>]*>|%\(\w+\)[sd]|\{\w*\}")
WORD = re.compile(r"[A-Za-z]{2,}")
# Two words in a row, and a full stop or colon at the end: no name, pattern or statement of SQL.
SENTENCE = re.compile(r"\b[A-Za-z’]{2,},? [A-Za-z’]{2,}\b.*[.:]\s*$", re.DOTALL)


def literal_texts(code: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each literal for users that is not translated.

    These are the literals where users read what stands there (messages, errors, labels), and
    whole sentences everywhere else but in docstrings, logs and errors for programmers.
    """
    tree = ast.parse(code)
    found = {
        (text.lineno, words)
        for node in ast.walk(tree)
        for place in _places_for_users(node)
        for text in _untranslated(place)
        if WORD.search(MARKUP.sub(" ", words := _words(text)))
    }
    found |= {
        (text.lineno, words)
        for text in _other_literals(tree)
        if SENTENCE.search(MARKUP.sub(" ", words := _words(text)))
    }
    yield from sorted(found)


def _places_for_users(node: ast.AST) -> Iterator[ast.expr]:
    """The expressions directly below a node that users read."""
    if isinstance(node, ast.Call):
        name = _name(node.func)
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        is_message = name in MESSAGE_LEVELS and _name(receiver) == "messages"
        if is_message or name in SECOND_FOR_USERS:
            yield from node.args[1:2]
        elif name == "add_message":
            yield from node.args[2:3]
        elif name in FIRST_FOR_USERS:
            yield from node.args[:1]
        yield from (keyword.value for keyword in node.keywords if keyword.arg in KEYWORDS)
    elif isinstance(node, ast.Assign):
        names = {_name(target) for target in node.targets}
        if names & KEYWORDS:
            yield node.value
    elif isinstance(node, ast.ClassDef) and any("Choices" in _name(base) for base in node.bases):
        for line in node.body:
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Tuple):
                yield from line.value.elts[1:2]


def _untranslated(node: ast.expr) -> Iterator[ast.Constant | ast.JoinedStr]:
    """The literals of an expression that are shown as they are."""
    parts: list[ast.expr] = []
    match node:
        case ast.Constant(value=str()) | ast.JoinedStr():
            yield node
        case ast.BinOp(op=ast.Mod()):
            parts = [node.left]
        case ast.BinOp():
            parts = [node.left, node.right]
        case ast.IfExp():
            parts = [node.body, node.orelse]
        case ast.Tuple(elts=[_, label]):  # of choices
            parts = [label]
        case ast.List() | ast.Tuple():
            parts = node.elts
        case ast.ListComp() | ast.GeneratorExp():
            parts = [node.elt]
        case ast.BoolOp():
            parts = node.values
        case ast.Dict():
            parts = node.values
        case ast.Starred() | ast.NamedExpr():
            parts = [node.value]
        case ast.Call() if _name(node.func) in FORMATTING:
            parts = node.args[:1]
        case ast.Call(func=ast.Attribute(attr="format")):
            parts = [node.func.value]
    for part in parts:
        yield from _untranslated(part)


def _other_literals(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    """All literals below a node but docstrings, logs, and what is translated."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Call):
        receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
        name = _name(node.func)
        if name in TRANSLATING | FOR_PROGRAMMERS or _name(receiver) in ("logger", "re"):
            return
    if isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    ):
        yield node
        return
    for child in ast.iter_child_nodes(node):
        yield from _other_literals(child)


def _words(text: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(text, ast.Constant):
        return str(text.value)
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else "{}" for part in text.values
    )


def _name(node: ast.AST | None) -> str:
    """The name of a variable or attribute; "" for other expressions."""
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
