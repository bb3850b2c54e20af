"""Remembers how the files of an origin are read: columns, encoding, order of dates and so on."""

from __future__ import annotations

from kb.desk.importers.read_options import NO_OPTIONS, ReadOptions
from kb.desk.models import ImportOrigin


def remembered_options(origin: str) -> ReadOptions:
    """How the last file of this origin was read; no options if none was loaded."""
    stored = ImportOrigin.objects.filter(name=origin).first()
    return ReadOptions.from_json(stored.options) if stored else NO_OPTIONS


def remember_options(origin: str, options: ReadOptions) -> None:
    """Remember how a file of this origin was read. One that needed nothing changes nothing."""
    general = options.to_remember()
    if general != NO_OPTIONS.to_remember():
        ImportOrigin.objects.update_or_create(name=origin, defaults={"options": general.to_json()})
