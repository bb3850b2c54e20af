"""Finds text in templates that is not marked for translation."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Removed in this order; what is left are texts as they are written, and tags of HTML.
COMMENTS = re.compile(r"\{#.*?#\}|<!--.*?-->", re.DOTALL)
CLASSES = re.compile(r"\{% block (?:bodyclass|coltype) %\}.*?\{% endblock %\}", re.DOTALL)
# Names of keys, such as Ctrl, are the same on every keyboard that has them.
SCRIPTS = re.compile(r"<(script|style|kbd)\b.*?</\1>", re.DOTALL)
MARKED = re.compile(r"\{% blocktranslate\b.*?\{% endblocktranslate %\}", re.DOTALL)
CODE = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
SHOWN_ATTRIBUTES = re.compile(r'\b(?:aria-label|alt|title|placeholder)="([^"]*)"')
BUTTON = re.compile(r'<input\b[^>]*type="(?:submit|button)"[^>]*?\bvalue="([^"]*)"')
TAGS = re.compile(r"<[^>]*>")
ENTITIES = re.compile(r"&#?\w+;")
WORD = re.compile(r"[A-Za-z]{2,}")
# Units and names that are the same in every language.
SAME_IN_ALL = {"UTC", "DOCTYPE", "html"}


def bare_texts(template: str) -> Iterator[str]:
    """Yield each text of a template that readers see and that no tag translates."""
    text = COMMENTS.sub("", template)
    text = CLASSES.sub("", SCRIPTS.sub("", text))
    text = CODE.sub("", MARKED.sub("", text))
    shown = [*SHOWN_ATTRIBUTES.findall(text), *BUTTON.findall(text)]
    shown += ENTITIES.sub(" ", TAGS.sub("\n", text)).split("\n")
    for line in shown:
        if set(WORD.findall(line)) - SAME_IN_ALL:
            yield line.strip()
