"""What answers name: other records, with where they are read."""

from __future__ import annotations

from typing import TypedDict

from kb.record.answers.texts import Path, Text
from kb.record.documents import PublicId, Slug


class RecordLink(TypedDict):
    """Another record that is named: its title and where it is read."""

    id: PublicId
    slug: Slug
    title: Text
    url: Path


class EntryLink(RecordLink):
    """Another entry that is named. ``headline`` is its title with whose account it is."""

    headline: Text


class ActorLink(TypedDict):
    """An actor that is named. ``kind`` is person, organisation, publication and so on."""

    id: PublicId
    slug: Slug
    name: Text
    kind: Text
    url: Path


class Part(ActorLink):
    """An actor with its part in the entry. For a statement: by, for, to or attributed_to.

    For a request for comment: asked_by or asked. ``role_words`` says it: "did this", or "is said
    by … to have done this" of an event that is an account.
    """

    role: Text
    role_words: Text
