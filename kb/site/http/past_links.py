"""The links of a page from a past record: they lead to pages of the same day.

They are changed in the finished page, so that no link can be forgotten.
"""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.html import escape
from django.utils.translation import gettext as _

from kb.record.past.serving import served_time
from kb.record.past.times import PublicationTime

ON = "on"
# What does not depend on the record, or is itself of one day.
WITHOUT_DAY = (
    "static/", "about/", "accessibility/", "api/", "method/", "views/", "report/", "reports/",
    "oembed", "robots.txt", "sitemap", "site.webmanifest", ".well-known/", settings.ADMIN_PATH,
)  # fmt: skip
# Marks a link that leads to the record of today.
TODAY = "data-today"
_TAG = re.compile(r"<(?:a|area|form|iframe|link)\b[^>]*>", re.IGNORECASE)
_ADDRESS = re.compile(r'(\s(?:href|action|src)=")([^"]*)(")')
_OTHER_ADDRESS = re.compile(r'\s(?:rel="(?!alternate|nofollow)|hreflang=|method="post")')
_HAS_DAY = re.compile(r"(?:[?&]|&amp;)on=")
_FORM_FIELD = re.compile(r'\sname="on"')


def with_day(address: str, when: PublicationTime, *, separator: str = "&") -> str:
    """An address of this site with the parameter, unless it has it or does not depend on a day.

    ``separator`` stands between parameters: "&amp;" in HTML.
    """
    if not _depends_on_day(address) or _HAS_DAY.search(address):
        return address
    target, mark, fragment = address.partition("#")
    joint = "?" if "?" not in target else separator
    return f"{target}{joint}{ON}={quote(when.text, safe=':')}{mark}{fragment}"


def day_path(path: str) -> str:
    """A path of this site with the day of the present request, if it has one."""
    when = served_time()
    return with_day(path, when) if when else path


def words_of_day(words: str) -> str:
    """What a file is called, with the day of the present request, if it has one."""
    when = served_time()
    if when is None:
        return words
    return _("%(sentence)s, as published on %(day)s") % {"sentence": words, "day": when.words()}


def page_with_day(page: str, when: PublicationTime) -> str:
    """The HTML of a page whose links and forms keep the parameter."""
    field = f'<input type="hidden" name="{ON}" value="{escape(when.text)}">'

    def changed(match: re.Match[str]) -> str:
        tag = match[0]
        is_form = tag[:5].lower() == "<form"
        if TODAY in tag or (not is_form and not tag.startswith("<a") and _is_other(tag)):
            return tag
        if not is_form:
            return _ADDRESS.sub(
                lambda part: part[1] + with_day(part[2], when, separator="&amp;") + part[3], tag
            )
        action = _ADDRESS.search(tag)
        if 'method="post"' in tag or (action and not _depends_on_day(action[2])):
            return tag
        end = page.find("</form>", match.end())
        has_field = _FORM_FIELD.search(page, match.end(), end if end >= 0 else len(page))
        return tag if has_field else tag + field

    return _TAG.sub(changed, page)


def _is_other(tag: str) -> bool:
    """Whether a link in the head is none that a reader follows, or has the parameter already."""
    return tag.startswith("<link") and bool(_OTHER_ADDRESS.search(tag))


def _depends_on_day(address: str) -> bool:
    """Whether an address is that of a page of the record, on this site."""
    if address.startswith("?"):
        return True
    address = address.removeprefix(_ORIGIN)
    if not address.startswith("/") or address.startswith("//"):
        return False
    path = address.removeprefix(settings.SITE_PATH).lstrip("/")
    for code, _name in settings.LANGUAGES:
        path = path.removeprefix(f"{code}/")
    return not path.startswith(WITHOUT_DAY)


_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(settings.SITE_URL))
