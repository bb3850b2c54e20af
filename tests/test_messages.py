"""The catalogue of translations is whole: `make messages` mends the first and the last."""

from __future__ import annotations

import re
from gettext import GNUTranslations

from tests import messages

# Readers see these in English. To be lowered with each translation, down to none.
UNTRANSLATED = 0
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
# What a translated date may be made of besides what the English has.
OF_DATES = {f"%({name})d" for name in ("number", "first_number", "last_number")}
OF_DATES |= {f"%({name})s" for name in ("month", "first", "last")}


def key(message) -> tuple:
    return message.context, message.id


def texts(value) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def test_the_catalogue_has_every_message_and_no_other():
    assert {key(one) for one in messages.stored()} == {key(one) for one in messages.marked()}


def test_no_more_messages_than_known_are_untranslated():
    catalogue = [one for one in messages.stored() if one.id]
    assert [one.id for one in catalogue if one.fuzzy] == []
    said = [texts(one.string) for one in catalogue]
    assert sum(not strings or not all(strings) for strings in said) <= UNTRANSLATED


def test_translations_keep_the_placeholders():
    wrong = []
    for one in messages.stored():
        if not one.id or not any(texts(one.string)):
            continue
        wanted = set(PLACEHOLDER.findall(texts(one.id)[-1]))
        for text in texts(one.string):
            different = wanted ^ set(PLACEHOLDER.findall(text))
            if one.context == "date":
                different -= OF_DATES
            if different:
                wrong.append((one.id, text))
    assert wrong == []


def test_the_compiled_file_says_the_same():
    with messages.MO.open("rb") as file:
        compiled = GNUTranslations(file)
    for one in messages.stored():
        if not one.id or not any(texts(one.string)):
            continue
        first = texts(one.id)[0]
        if len(texts(one.id)) > 1:
            said = compiled.ngettext(*texts(one.id), 2)
        elif one.context:
            said = compiled.pgettext(one.context, first)
        else:
            said = compiled.gettext(first)
        assert said == texts(one.string)[0]
