"""Sources that derive from each other are one origin, and the tree shows each of them once."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.record.origins import (
    MAX_TREE_LEVELS,
    SourceLink,
    SupportingSource,
    find_relation_cycle,
    origin_groups,
    origin_tree,
)

KINDS = ["translation", "wire_copy", "rewrite", "first_reported_by", "quotes"]


def read(*ids):
    return [SupportingSource(source) for source in ids]


def relayed(*ids):
    return [SupportingSource(source, is_read=False) for source in ids]


def links(*pairs, kind="rewrite"):
    return [SourceLink(pair[0], pair[1], kind) for pair in pairs]


def outline(nodes):
    """The tree as nested tuples; a source that is shown again has a ^."""
    return [
        (node.source + "^" * node.is_repeat, *([outline(node.children)] if node.children else []))
        for node in nodes
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_source_and_its_parent_are_one_origin(kind):
    assert origin_groups(read("a", "b"), links("ab", kind=kind)) == [{"a", "b"}]


def test_own_reporting_is_an_origin():
    relations = [*links("ab", kind="own_reporting"), *links("ca")]
    assert origin_groups(read("a", "b", "c"), relations) == [{"a", "c"}, {"b"}]


def test_forty_copies_are_one_origin():
    copies = [f"copy{number}" for number in range(40)]
    relations = [SourceLink(copy, "wire", "wire_copy") for copy in copies]
    assert origin_groups(read(*copies), relations) == [set(copies)]
    assert len(origin_groups(read(*copies), [])) == 40


def test_relayed_sources_have_no_origin_and_do_not_count():
    assert origin_groups(relayed("a", "b"), links("ab")) == []
    assert origin_groups([*read("a"), *relayed("b")], []) == [{"a"}]
    assert origin_groups([*relayed("a"), *read("a")], []) == [{"a"}]
    # The relayed text is the common source of two that were read.
    assert origin_groups([*read("a", "c"), *relayed("b")], links("ab", "cb")) == [{"a", "c"}]


def test_sources_with_a_common_ancestor_are_one_origin():
    assert origin_groups(read("a", "c"), links("ab", "bx", "cd", "dx")) == [{"a", "c"}]


def test_source_that_nobody_cites_does_not_join_its_parents():
    assert origin_groups(read("a", "b"), links("xa", "xb")) == [{"a"}, {"b"}]
    assert origin_groups(read("a", "b", "x"), links("xa", "xb")) == [{"a", "b", "x"}]


def test_publishers_of_one_family_are_one_origin():
    families = {"a": "group", "b": "group", "x": "agency", "d": "agency", "e": ""}
    assert origin_groups(read("a", "b", "c"), [], families) == [{"a", "b"}, {"c"}]
    assert origin_groups(read("c", "d"), links("cx"), families) == [{"c", "d"}]
    assert origin_groups(read("e", "f"), [], {"e": "", "f": ""}) == [{"e"}, {"f"}]


def test_cycle_of_relations_is_named_whole():
    assert find_relation_cycle(links("ab", "bc", "ca", "xa")) == ["a", "b", "c"]
    assert find_relation_cycle([*links("ab"), *links("ba", kind="own_reporting")]) == ["a", "b"]
    assert find_relation_cycle(links("ab", "bc", "ac")) is None


def test_tree_nests_what_derives_from_each_origin():
    relations = [*links("ba", kind="translation"), *links("cb", "dc"), *links("ya")]
    (origin,) = tree = origin_tree([*read("d", "b"), *relayed("c")], relations)
    assert outline(tree) == [("a", [("b", [("c", [("d",)])])])]
    assert (origin.parent, origin.kind, origin.is_read) == ("", "", False)
    child = origin.children[0]
    assert (child.parent, child.kind, child.is_read) == ("a", "translation", True)
    assert child.children[0].is_read is False


def test_source_with_two_parents_is_shown_once_and_then_referred_to():
    tree = origin_tree(read("c", "d"), links("ca", "cb", "dc"))
    assert outline(tree) == [("a", [("c", [("d",)])]), ("b", [("c^",)])]
    assert (tree[1].children[0].parent, tree[1].children[0].kind) == ("b", "rewrite")


def test_own_reporting_begins_a_tree_and_names_what_it_also_cites():
    relations = [*links("ab", "ac", kind="own_reporting"), *links("da")]
    tree = origin_tree(read("a", "b", "d"), relations)
    assert outline(tree) == [("a", [("d",)]), ("b",)]
    assert tree[0].also_cites == ("b", "c")


@pytest.mark.slow
def test_deep_and_long_relations_have_few_levels_and_take_linear_time():
    names = [f"s{number}" for number in range(20_000)]
    relations = [SourceLink(*pair, "rewrite") for pair in zip(names[1:], names, strict=False)]
    start = process_time()
    tree = origin_tree(read(names[-1]), relations)
    groups = origin_groups(read(names[-1], names[0]), relations)
    assert process_time() - start < 5
    assert groups == [{names[-1], names[0]}]
    assert levels(tree) == MAX_TREE_LEVELS
    assert [node.source for node in walk(tree)] == names


def test_circle_of_relations_does_not_hang():
    assert outline(origin_tree(read("b"), links("ab", "ba"))) == [("b", [("a", [("b^",)])])]
    assert origin_groups(read("a", "b"), links("ab", "ba")) == [{"a", "b"}]


# --- Properties --------------------------------------------------------------------------------


def walk(nodes):
    """The nodes in reading order."""
    pending = [*reversed(nodes)]
    while pending:
        node = pending.pop()
        yield node
        pending += reversed(node.children)


def levels(nodes):
    return 1 + max(levels(node.children) for node in nodes) if nodes else 0


names = st.sampled_from("abcdefgh")
all_kinds = st.sampled_from([*KINDS, "own_reporting"])
cited_sources = st.lists(st.builds(SupportingSource, names, st.booleans()), max_size=8)
families = st.dictionaries(names, st.sampled_from(["", "x", "y"]), max_size=4)
# From a later letter to an earlier one, so without a circle.
acyclic = st.lists(
    st.builds(
        lambda pair, kind: SourceLink(*sorted(pair, reverse=True), kind),
        st.lists(names, min_size=2, max_size=2, unique=True),
        all_kinds,
    ),
    max_size=12,
)
any_relations = st.lists(st.builds(SourceLink, names, names, all_kinds), max_size=12)


def ancestors(source, relations):
    """The source and all it derives from, by another way than the program takes."""
    reached = {source}
    while True:
        more = {
            relation.parent
            for relation in relations
            if relation.source in reached and relation.kind != "own_reporting"
        }
        if more <= reached:
            return reached
        reached |= more


@given(cited_sources, any_relations, families)
def test_origins_are_the_parts_connected_by_ancestors_and_families(cited, relations, families):
    groups = origin_groups(cited, relations, families)
    sources = {source.id for source in cited if source.is_read}
    assert sorted(source for group in groups for source in group) == sorted(sources)

    def traits(source):
        reached = ancestors(source, relations)
        return reached | {("family", families[name]) for name in reached if families.get(name)}

    for group in groups:
        joined, rest = {min(group)}, group - {min(group)}
        while near := {
            source for source in rest if any(traits(source) & traits(other) for other in joined)
        }:
            joined, rest = joined | near, rest - near
        assert rest == set()
        outside = sources - group
        assert not any(traits(source) & traits(other) for source in group for other in outside)


@given(cited_sources, any_relations, families, st.randoms())
def test_origins_do_not_depend_on_order(cited, relations, families, chance):
    shuffled = chance.sample(cited, len(cited)), chance.sample(relations, len(relations))
    groups = origin_groups(cited, relations, families)
    assert sorted(map(sorted, origin_groups(*shuffled, families))) == sorted(map(sorted, groups))


@given(cited_sources, acyclic, st.builds(SourceLink, names, names, all_kinds))
def test_more_relations_never_give_more_origins(cited, relations, relation):
    before = len(origin_groups(cited, relations))
    assert len(origin_groups(cited, [*relations, relation])) <= before


@given(cited_sources, any_relations)
def test_tree_shows_every_source_once_and_every_relation(cited, relations):
    nodes = list(walk(origin_tree(cited, relations)))
    expected = set().union(*(ancestors(source.id, relations) for source in cited))
    assert sorted(node.source for node in nodes if not node.is_repeat) == sorted(expected)
    drawn = {(node.source, node.parent) for node in nodes if node.parent}
    assert drawn == {
        (relation.source, relation.parent)
        for relation in relations
        if relation.source in expected and relation.kind != "own_reporting"
    }
    assert all(not node.children for node in nodes if node.is_repeat)
    reading = {source.id for source in cited if source.is_read}
    assert {node.source for node in nodes if node.is_read} == reading


@given(cited_sources, acyclic)
def test_origins_of_the_tree_are_sources_without_parents(cited, relations):
    derived = {relation.source for relation in relations if relation.kind != "own_reporting"}
    assert not derived & {node.source for node in origin_tree(cited, relations)}


@given(any_relations)
def test_cycle_is_one_of_the_relations_or_there_is_none(relations):
    edges = {(relation.source, relation.parent) for relation in relations}
    cycle = find_relation_cycle(relations)
    if cycle is None:
        remaining = set(edges)
        while remaining:
            leaves = {
                edge for edge in remaining if edge[1] not in {start for start, _ in remaining}
            }
            assert leaves
            remaining -= leaves
    else:
        assert set(zip(cycle, cycle[1:] + cycle[:1], strict=True)) <= edges
