"""Forms of the readers' pages: what stands in them comes from the address, and nothing else."""

import re
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
DESK_FOLDERS = {"admin", "account", "mfa"}
FORM = re.compile(r"<form\b(?P<tag>(?:[^>{]|{[^>]*?[}%]})*)>(?P<body>.*?)</form>", re.DOTALL)
# Searches that begin empty on every page; the browser may offer what was searched for before.
EMPTY_FORMS = {"base.html": 2, "errors/_search.html": 1, "home/home.html": 1}
# Forms in which people write. The browser may restore what they typed; of what is hidden in them,
# an earlier state is the same report again, or is refused with all that was typed.
WRITTEN_FORMS = {"report/form.html": 1, "report/ticket.html": 1}


def public_forms():
    """Each form of a reader's page: the name of its template, its tag and its content."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = path.relative_to(TEMPLATES)
        if name.parts[0] not in DESK_FOLDERS:
            for form in FORM.finditer(path.read_text()):
                yield str(name), form["tag"], form["body"]


def test_browsers_do_not_fill_forms_with_an_earlier_state():
    restorable = [name for name, tag, _ in public_forms() if 'autocomplete="off"' not in tag]
    forms = EMPTY_FORMS | WRITTEN_FORMS
    assert restorable == [name for name, count in forms.items() for _ in range(count)]


def test_forms_that_browsers_may_fill_begin_empty():
    for name, tag, body in public_forms():
        if 'autocomplete="off"' not in tag and name not in WRITTEN_FORMS:
            assert re.search(r"value=|checked|selected|hidden", body) is None, name


def test_every_form_is_read():
    written = sum(
        path.read_text().count("<form")
        for path in TEMPLATES.rglob("*.html")
        if path.relative_to(TEMPLATES).parts[0] not in DESK_FOLDERS
    )
    assert written == len(list(public_forms()))


def test_dates_are_written_in_one_way_in_every_browser():
    # A field of type "date" shows 12/05/2023 or 05/12/2023, as the language of the browser has it.
    assert [name for name, _, body in public_forms() if 'type="date"' in body] == []
