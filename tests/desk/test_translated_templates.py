"""The templates of the desk have no text that is not marked for translation."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk.template_text import bare_texts

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
FOLDERS = ("admin", "account", "mfa")


def templates():
    return {
        path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8")
        for folder in FOLDERS
        for path in sorted((TEMPLATES / folder).rglob("*.html"))
    }


def test_texts_of_templates_are_marked_for_translation():
    bare = {name: list(bare_texts(text)) for name, text in templates().items()}
    assert {name: texts for name, texts in bare.items() if texts} == {}


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("<p>Text</p>", ["Text"]),
        ('<p>{% translate "Text" %} {{ value }}, 3 UTC &rsaquo;</p>', []),
        ("{% blocktranslate trimmed %}Some <b>text</b>{% endblocktranslate %}", []),
        ('<input type="submit" class="default" value="Save">', ["Save"]),
        ('<input type="submit" value="{% translate \'Save\' %}">', []),
        ('<input type="hidden" value="save">', []),
        ('<nav aria-label="Pages">{# A comment. #}</nav>', ["Pages"]),
        ("{% if more %}and {{ more }} more{% endif %}", ["and  more"]),
        ("<script>let text</script>", []),
    ],
)
def test_bare_text_is_found(template, texts):
    assert list(bare_texts(template)) == texts
