"""The pages of sources."""

from django.contrib import admin

from kb.desk.admin.base import DeskAdmin, date_column, date_reading_line
from kb.desk.admin.quick_entry import PageFirstMixin, SourceForm
from kb.desk.admin.todo_filters import SourceTodoFilter
from kb.desk.models import Source


@admin.register(Source)
class SourceAdmin(PageFirstMixin, DeskAdmin):
    form = SourceForm
    list_display = ["title", "source_kind", "publisher", "published_words", "state"]
    list_filter = [SourceTodoFilter, "state", "source_kind", "derivation", "language"]
    list_select_related = ["publisher"]
    search_fields = ["title", "url", "byline", "publisher__name", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    date_readings = ("published_reading",)
    parts = (
        (
            "",
            [
                "title",
                "slug",
                "source_kind",
                "url",
                "publisher",
                "new_publisher",
                "byline",
                "language",
            ],
        ),
        ("Published", [("published", "published_phrase", "published_zone"), "published_reading"]),
        ("Kept", ["accessed_on", ("archive_url", "archived_on")]),
        ("Where it got it from", [("derives_from", "derivation"), "note"]),
    )
    published_words = date_column("published")
    published_reading = date_reading_line("published")
