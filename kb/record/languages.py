"""The names of languages."""

from django.utils.translation import get_language_info, gettext


def language_words(code: str) -> str:
    """The name of a language in the reader's words; the code itself where none is known."""
    code = (code or "").strip()
    if code.lower() == "zh":
        return gettext("Chinese")
    for name in (code.lower(), code.lower().split("-")[0]):
        try:
            return str(get_language_info(name)["name_translated"])
        except KeyError:
            continue
    return code
