"""Templates are loaded without their indent."""

from pathlib import Path

from django.template.loader import get_template

from kb.loaders import without_indent

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def test_indent_is_removed():
    assert without_indent("<ul>\n  <li>\n\t  One\n</ul>\n") == "<ul>\n<li>\nOne\n</ul>\n"


def test_space_inside_a_line_stays():
    assert without_indent("  <b>One</b>  <i>two</i> \n") == "<b>One</b>  <i>two</i> \n"


def test_preformatted_text_keeps_its_indent():
    text = '  <p>\n  <pre id="a">for x:\n    y\n</pre>\n  <prefix>\n    <pre>\n  z</pre>'
    expected = '<p>\n<pre id="a">for x:\n    y\n</pre>\n<prefix>\n<pre>\n  z</pre>'
    assert without_indent(text) == expected


def test_line_numbers_stay():
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert without_indent(text).count("\n") == text.count("\n"), path


def test_only_own_templates_lose_their_indent():
    assert "\n  " not in get_template("timeline/_row.html").template.source
    assert "\n  " in get_template("admin/change_list.html").template.source
