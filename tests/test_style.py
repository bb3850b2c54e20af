"""Templates, stylesheets, scripts and browser tests have one style; each fault is reported."""

from __future__ import annotations

import pytest

from tests import style


def test_project_has_no_fault():
    assert list(style.faults()) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a {\n    color: red;\n}\n", "indented by 4 spaces instead of 2"),
        ("a {\n   color: red;\n}\n", "indented by 3 spaces, which is no multiple of 2"),
        ("a {\n\tcolor: red;\n}\n", "a tab or carriage return"),
        ("a { color: red; } \n", "white space at the end of the line"),
        ("a { color: red; }", "the file must end with one line end"),
        ("a { color: ; }\n", "color has no value"),
        ("a { color: var(--missing); }\n", "--missing is defined in no stylesheet"),
        (
            "@media print { a { color: var(--missing); } }\n",
            "--missing is defined in no stylesheet",
        ),
        ("a { color: red; }\n}\n", "not CSS:"),
        ("a { color red; }\n", "not CSS:"),
    ],
)
def test_stylesheet_fault_is_reported(text, message):
    assert any(message in fault for _, fault in style.css_faults(text, {"--known"}))


def test_correct_stylesheet_has_no_fault():
    text = (
        "/* A note\n   over two lines */\n"
        "a {\n  color: var(--known);\n  & b { top: var(--x, 1px); }\n}\n"
    )
    assert style.css_faults(text, {"--known"}) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f(() => {\n    g();\n});\n", "indented by 4 spaces instead of 2"),
        ("f(() => { // why\n    g();\n});\n", "indented by 4 spaces instead of 2"),
        ("f(() => {\n  g();\n});\n\n", "the file must end with one line end"),
    ],
)
def test_script_fault_is_reported(text, message):
    assert any(message in fault for _, fault in style.script_faults(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<ul>\n    <li>One</li>\n</ul>\n", "indented by 4 spaces instead of 2"),
        ("{% if a %}\n    <p>One</p>\n{% endif %}\n", "indented by 4 spaces instead of 2"),
        ("<p>\n One\n</p>\n", "indented by 1 spaces, which is no multiple of 2"),
    ],
)
def test_template_fault_is_reported(text, message):
    assert any(message in fault for _, fault in style.template_faults(text))


def test_correct_template_has_no_fault():
    text = (
        "{% block main %}\n<ul>\n  <li>One\n</ul>\n{% endblock %}\n"
        '<input type="text"\n    name="a">\n'
        "<pre>\n   as it is\n</pre>\n{# A note\n   over two lines #}\n<br>\nTwo"
    )
    assert style.template_faults(text) == []


def test_faults_name_their_line():
    assert style.css_faults("a { top: 0; }\n\nb { top: ; }\n", set()) == [(3, "top has no value")]


@pytest.mark.parametrize(
    "line",
    [
        'assert "12 May" in page.locator("main").inner_text()',
        'assert page.get_by_role("link", name="1 refused").count() == 1',
        'assert not page.locator("#id_title").is_visible()',
    ],
)
def test_browser_test_that_does_not_wait_is_reported(line):
    assert [number for number, _ in style.browser_test_faults(f"\n{line}\n")] == [2]


def test_browser_test_that_waits_has_no_fault():
    text = 'expect(page.locator("main")).to_contain_text("12 May")\nassert Event.objects.count()\n'
    assert style.browser_test_faults(text) == []
