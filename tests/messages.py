"""Update the catalogue of translations: ``make messages`` runs this.

Django's own ``makemessages`` needs the programs of GNU gettext. Babel does not.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from kb.loaders import without_indent

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "kb/locale/zh_Hans/LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def sources() -> Iterator[tuple[str, bytes]]:
    """Yield each file that may have messages: its name, and its text as Python."""
    for path in sorted((ROOT / "kb").rglob("*.py")):
        yield path.relative_to(ROOT).as_posix(), path.read_bytes()
    for path in sorted((ROOT / "templates").rglob("*.html")):
        name = path.relative_to(ROOT).as_posix()
        text = without_indent(path.read_text(encoding="utf-8"))
        yield name, templatize(text, origin=name).encode()


def marked() -> Catalog:
    """Return every message of the code, untranslated."""
    # A fixed day, so that the file changes only with its messages.
    day = datetime(2026, 1, 1, tzinfo=UTC)
    catalogue = Catalog(locale="zh_Hans", creation_date=day, revision_date=day, fuzzy=False)
    for name, code in sources():
        for line, message, _, context in extract("python", io.BytesIO(code), KEYWORDS):
            catalogue.add(message, locations=[(name, line)], context=context)
    return catalogue


def stored() -> Catalog:
    """Return the stored catalogue."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def main() -> None:
    """Merge the messages of the code into the stored catalogue, and compile it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    merged, previous = marked(), stored() if PO.exists() else Catalog(locale="zh_Hans")
    for message in merged:
        old = previous.get(message.id, message.context) if message.id else None
        if old is not None:
            message.string = old.string
    with PO.open("wb") as file:
        write_po(file, merged, width=100, include_lineno=False, ignore_obsolete=True)
    with MO.open("wb") as file:
        write_mo(file, merged)


if __name__ == "__main__":
    main()
