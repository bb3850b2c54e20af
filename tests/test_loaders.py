"""The indent of templates is not sent."""

from pathlib import Path

from django.template.loader import get_template

from kb.loaders import without_indent

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def test_it_works():
    assert without_indent("<ul>\n  <li>\n\t  One\n</ul>\n") == "<ul>\n<li>\nOne\n</ul>\n"


def test_the_space_inside_a_line_stays():
    assert without_indent("  <b>One</b>  <i>two</i> \n") == "<b>One</b>  <i>two</i> \n"


def test_what_is_shown_as_it_is_written_stays():
    text = '  <p>\n  <pre id="a">for x:\n    y\n</pre>\n  <prefix>\n    <pre>\n  z</pre>'
    expected = '<p>\n<pre id="a">for x:\n    y\n</pre>\n<prefix>\n<pre>\n  z</pre>'
    assert without_indent(text) == expected


def test_a_line_keeps_its_number():
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert without_indent(text).count("\n") == text.count("\n"), path


def test_our_templates_are_loaded_so_and_those_of_packages_as_they_are():
    assert "\n  " not in get_template("timeline/_row.html").template.source
    assert "\n  " in get_template("admin/change_list.html").template.source
