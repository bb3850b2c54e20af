"""How many independent origins the sources of an entry have, and the tree of where they come from.

A source that translates, copies, rewrites or quotes another, or credits it with the first report,
adds no origin. Own reporting does, even if it also cites others. A source that the editor did not
read, but another source relays, counts for nothing.

No function is recursive, and the time is in proportion to the number of sources and relations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kb.record.graph import first_cycle

OWN_REPORTING = "own_reporting"
# Sources further down are listed on the last level.
MAX_TREE_LEVELS = 8


@dataclass(frozen=True, slots=True)
class SupportingSource:
    """A source that an entry cites as support. ``is_read`` is False if another relays it."""

    id: str
    is_read: bool = True


@dataclass(frozen=True, slots=True)
class SourceLink:
    """How a source relates to an earlier one, its parent.

    ``kind`` is translation, wire_copy, rewrite, first_reported_by, quotes or own_reporting.
    """

    source: str
    parent: str
    kind: str


@dataclass(slots=True)
class OriginNode:
    """A source of the tree, and the sources that derive from it.

    ``parent`` and ``kind`` are "" for an origin. A source with several parents is shown with its
    children once; where it occurs again, ``is_repeat`` is True and it has no children. Sources that
    it cites besides its own reporting are in ``also_cites``.
    """

    source: str
    parent: str
    kind: str
    is_read: bool
    is_repeat: bool = False
    also_cites: tuple[str, ...] = ()
    children: list[OriginNode] = field(default_factory=list)


def find_relation_cycle(relations: Iterable[SourceLink]) -> list[str] | None:
    """Return the ids of sources that derive from each other in a circle, or None.

    Each derives from the next, the last from the first. Own reporting counts: of two sources, one
    is the later.
    """
    return first_cycle((relation.source, relation.parent) for relation in relations)


def origin_groups(
    cited: Iterable[SupportingSource],
    relations: Iterable[SourceLink],
    families: Mapping[str, str] | None = None,
) -> list[set[str]]:
    """Return the sources that were read, in one set for each independent origin.

    Sources are in one set if they derive from each other or from a common source, cited or not,
    or if they or those sources are of one family. ``families`` has the family of publishers of
    a source; "" is none. What derives from the cited sources, but is not cited, joins nothing.
    The relations must include those of all sources that the cited ones derive from.
    """
    read = [source.id for source in cited if source.is_read]
    parents = _parents(relations)
    groups = _Groups()
    first_of_family: dict[str, str] = {}
    for source in _with_ancestors(read, parents):
        for parent in parents.get(source, {}):
            groups.join(source, parent)
        if family := (families or {}).get(source):
            groups.join(source, first_of_family.setdefault(family, source))
    members: dict[str, set[str]] = {}
    for source in read:
        members.setdefault(groups.leader(source), set()).add(source)
    return list(members.values())


def origin_tree(
    cited: Iterable[SupportingSource], relations: Iterable[SourceLink]
) -> list[OriginNode]:
    """Return the origins of the cited sources, each with what derives from it.

    The tree has the cited sources and all that they derive from, nothing else. It has at most
    ``MAX_TREE_LEVELS`` levels: sources further down follow their parent on the last one.
    """
    cited, relations = list(cited), list(relations)
    parents = _parents(relations)
    sources = _with_ancestors((source.id for source in cited), parents)
    children: dict[str, list[tuple[str, str]]] = {}
    for source in sources:
        for parent, kind in parents.get(source, {}).items():
            children.setdefault(parent, []).append((source, kind))
    also_cites: dict[str, dict[str, None]] = {}
    for relation in relations:
        if relation.kind == OWN_REPORTING:
            also_cites.setdefault(relation.source, {})[relation.parent] = None
    tree = _Tree(
        children,
        {source.id for source in cited if source.is_read},
        {source: tuple(others) for source, others in also_cites.items()},
    )
    # Sources of a circle, which should not be there, have no origin: they come last.
    for source in [*(source for source in sources if not parents.get(source)), *sources]:
        if source not in tree.shown:
            tree.add_origin(source)
    return tree.origins


@dataclass
class _Tree:
    """The tree as far as it is built."""

    below: Mapping[str, list[tuple[str, str]]]
    read: set[str]
    also_cites: Mapping[str, tuple[str, ...]]
    shown: set[str] = field(default_factory=set)
    origins: list[OriginNode] = field(default_factory=list)

    def add_origin(self, source: str) -> None:
        """Add a source without parents, and all that derives from it, in reading order."""
        pending = [(self.origins, source, "", "", 1)]
        while pending:
            siblings, source, parent, kind, level = pending.pop()
            node = OriginNode(source, parent, kind, source in self.read, source in self.shown)
            siblings.append(node)
            if node.is_repeat:
                continue
            self.shown.add(source)
            node.also_cites = self.also_cites.get(source, ())
            nested, level = (
                (node.children, level + 1) if level < MAX_TREE_LEVELS else (siblings, level)
            )
            pending += [
                (nested, child, source, child_kind, level)
                for child, child_kind in reversed(self.below.get(source, ()))
            ]


def _parents(relations: Iterable[SourceLink]) -> dict[str, dict[str, str]]:
    """The parents that each source derives from, with the first kind that is named."""
    parents: dict[str, dict[str, str]] = {}
    for relation in relations:
        if relation.kind != OWN_REPORTING:
            parents.setdefault(relation.source, {}).setdefault(relation.parent, relation.kind)
    return parents


def _with_ancestors(ids: Iterable[str], parents: Mapping[str, Mapping[str, str]]) -> list[str]:
    """These sources and all that they derive from, each followed by its own."""
    sources: dict[str, None] = {}
    for source in ids:
        pending = [source]
        while pending:
            ancestor = pending.pop()
            if ancestor not in sources:
                sources[ancestor] = None
                pending += [*parents.get(ancestor, {})][::-1]
    return list(sources)


class _Groups:
    """Sets of ids that are joined until each is as large as it gets."""

    def __init__(self) -> None:
        self._next: dict[str, str] = {}

    def leader(self, member: str) -> str:
        """The id that stands for the set of this one."""
        while (following := self._next.get(member, member)) != member:
            # Each look-up halves the way of the next.
            self._next[member] = self._next.get(following, following)
            member = following
        return member

    def join(self, first: str, second: str) -> None:
        self._next[self.leader(first)] = self.leader(second)
