"""What the last check of a source found, as lines of its form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kb.desk.models import Source, SourceCheck
from kb.desk.models.source_checks import CheckState, CheckTarget
from kb.text.links import LinkError, safe_url

MAX_LINES = 40
MAX_PASSAGE_LENGTH = 160
NOT_CHECKED = gettext_lazy(
    "Not checked yet. The command check_sources checks links and cited words."
)


@admin.display(description=gettext_lazy("Checks"))
def checks_line(self: Any, row: Model | None) -> str:
    """A read-only line for the form of a source: one line for each address and passage.

    Costs a query.
    """
    if not isinstance(row, Source) or row.pk is None:
        return str(NOT_CHECKED)
    checks = list(SourceCheck.objects.of(row).filter(pk__in=_current(row))[: MAX_LINES + 1])
    if not checks:
        return str(NOT_CHECKED)
    lines: list[tuple[str]] = [(_line(check),) for check in checks[:MAX_LINES]]
    if len(checks) > MAX_LINES:
        lines.append((_("More passages were checked."),))
    return format_html('<ul class="checks">{}</ul>', format_html_join("", "<li>{}</li>", lines))


def _current(source: Source) -> Any:
    return SourceCheck.objects.current().filter(public_id=source.public_id).values("pk")


def _line(check: SourceCheck) -> SafeString:
    parts = [
        format_html(
            _("{check}, checked on {day}."),
            check=format_html("<b>{}</b>", capfirst(str(check))),
            day=_day(check.checked_at),
        )
    ]
    if check.previous:
        parts.append(format_html(_("Before: {}."), CheckState(check.previous).label))
    if check.moved_to:
        parts.append(format_html(_("It is now at {}."), _link(check.moved_to)))
    if check.detail:
        parts.append(format_html("{}", check.detail))
    if check.retry_at:
        parts.append(format_html(_("To be asked again after {}."), _day(check.retry_at)))
    if check.target == CheckTarget.WORDS:
        parts.append(format_html("“{}”", Truncator(check.text).chars(MAX_PASSAGE_LENGTH)))
    return format_html_join(" ", "{}", ((part,) for part in parts))


def _day(moment: datetime) -> str:
    return f"{date_format(moment, 'DATETIME_FORMAT')} UTC"


def _link(url: str) -> str:
    try:
        address = safe_url(url)
    except LinkError:
        return url
    return format_html('<a href="{}" rel="noreferrer">{}</a>', address, url)
