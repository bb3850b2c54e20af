"""The catalogue of translations is complete. `make messages` updates it."""

from __future__ import annotations

import re
from gettext import GNUTranslations

import pytest

from tests import messages

# Readers see these in English. Lower it with each translation.
UNTRANSLATED = 0
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
# Placeholders that a translated date may use in addition to those of the English.
OF_DATES = {f"%({name})d" for name in ("number", "first_number", "last_number")}
OF_DATES |= {f"%({name})s" for name in ("month", "first", "last")}


def key(message) -> tuple:
    return message.context, message.id


def texts(value) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


@pytest.mark.slow
def test_catalogue_has_exactly_the_messages_of_the_code():
    assert {key(message) for message in messages.stored()} == {
        key(message) for message in messages.marked()
    }


def test_number_of_untranslated_messages_does_not_grow():
    catalogue = [message for message in messages.stored() if message.id]
    assert [message.id for message in catalogue if message.fuzzy] == []
    translations = [texts(message.string) for message in catalogue]
    assert sum(not strings or not all(strings) for strings in translations) <= UNTRANSLATED


def test_translations_keep_the_placeholders():
    wrong = []
    for message in messages.stored():
        if not message.id or not any(texts(message.string)):
            continue
        expected = set(PLACEHOLDER.findall(texts(message.id)[-1]))
        for text in texts(message.string):
            different = expected ^ set(PLACEHOLDER.findall(text))
            if message.context == "date":
                different -= OF_DATES
            if different:
                wrong.append((message.id, text))
    assert wrong == []


def test_compiled_catalogue_is_up_to_date():
    with messages.MO.open("rb") as file:
        compiled = GNUTranslations(file)
    for message in messages.stored():
        if not message.id or not any(texts(message.string)):
            continue
        first = texts(message.id)[0]
        if len(texts(message.id)) > 1:
            translation = compiled.ngettext(*texts(message.id), 2)
        elif message.context:
            translation = compiled.pgettext(message.context, first)
        else:
            translation = compiled.gettext(first)
        assert translation == texts(message.string)[0]
