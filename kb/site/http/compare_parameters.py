"""The actors that the page of a comparison is asked for: ``a``, ``b``, ``c`` and ``d``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kb.record.actor_names import actor_named
from kb.record.filter_fields import Choice
from kb.site.http.parameters import ANY_TEXT, clean_parameters

# One for each actor, in the order of the columns.
NAMES = ("a", "b", "c", "d")
MIN_ACTORS, MAX_ACTORS = 2, len(NAMES)


@dataclass(frozen=True)
class ActorField:
    """One field of the form: what is in it, and what is wrong with it."""

    name: str
    text: str = ""
    error: str = ""
    close: Sequence[Choice] = ()


@dataclass(frozen=True)
class ComparedActors:
    """The actors in their order; ``fields`` has what was asked for them, errors included.

    ``is_canonical``: the address names each by its slug, and has no gap.
    """

    actors: Sequence[Choice] = ()
    fields: Sequence[ActorField] = field(default_factory=list)
    is_canonical: bool = True

    @property
    def has_errors(self) -> bool:
        return any(row.error for row in self.fields)

    @property
    def is_complete(self) -> bool:
        return not self.has_errors and len(self.actors) >= MIN_ACTORS

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters of the canonical address."""
        return [(name, actor.slug) for name, actor in zip(NAMES, self.actors, strict=False)]


def compared_actors(request: HttpRequest) -> ComparedActors:
    """The actors of an address. Raises InvalidParameters for another parameter."""
    values = clean_parameters(request, dict.fromkeys(NAMES, ANY_TEXT))
    actors: list[Choice] = []
    fields: list[ActorField] = []
    for name in NAMES:
        text = " ".join(values[name].split())
        if not text:
            fields.append(ActorField(name))
            continue
        named = actor_named(text)
        if named.actor is None:
            error = _("No single actor has the name or slug “%(text)s”.") % {"text": text}
            fields.append(ActorField(name, text, error, named.close))
        elif named.actor.value in {actor.value for actor in actors}:
            error = _("%(name)s is already chosen. Choose another actor.")
            fields.append(ActorField(name, text, error % {"name": named.actor.label}))
        else:
            actors.append(named.actor)
            fields.append(ActorField(name, named.actor.label))
    compared = ComparedActors(actors, fields)
    asked = [(name, request.GET[name]) for name in NAMES if name in request.GET]
    return ComparedActors(actors, fields, is_canonical=asked == compared.pairs())


def compare_url(slugs: Iterable[str]) -> str:
    """The address of a comparison of the actors with these slugs."""
    parameters = "&".join(f"{name}={slug}" for name, slug in zip(NAMES, slugs, strict=False))
    return f"{reverse('compare')}?{parameters}"
