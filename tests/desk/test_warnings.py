"""What the desk asks an editor to look at again after a save."""

import pytest

from kb.dates import UNKNOWN, parse_edtf
from kb.desk.models import Affiliation, Citation
from kb.desk.warnings import is_quoted_from, missing_words, role_covers, row_warnings
from tests.make import make_actor, make_event, make_incident, make_source, make_statement

pytestmark = pytest.mark.django_db


def quoted(text, exact, **fields):
    statement = make_statement(text, **fields)
    statement.citations.all().delete()
    if exact is not None:
        Citation.objects.create(statement=statement, source=make_source(), exact=exact)
    return statement


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("We did it.", "“We did it”, she said."),
        ("we  did\nit", "We did it."),
        ("We … won.", "We did it, and won."),
        ("don’t", "We don't"),
    ],
)
def test_words_that_the_source_has_raise_no_doubt(text, exact):
    assert row_warnings(quoted(text, exact)) == []


@pytest.mark.parametrize(
    ("text", "exact", "said"),
    [
        ("We did break the rules.", "We did not break the rules.", "“not”"),
        ("All 12 were checked.", "All 21 were checked.", "number 12"),
        ("We did it gladly.", "We did it.", "“gladly”"),
        ("and won. We did it", "We did it and won.", "another order"),
        ("We won.", "We did it, and won.", "without “…”"),
        ("We did it.", "", "nobody can check it"),
        ("We did it.", None, "nobody can check it"),
    ],
)
def test_words_that_differ_are_named(text, exact, said):
    found = row_warnings(quoted(text, exact))
    assert len(found) == 1
    assert said in found[0]


def test_a_paraphrase_is_in_our_words():
    assert row_warnings(quoted("They said so.", "We say so.", form="paraphrase")) == []


def test_parts_must_stand_in_their_order():
    assert is_quoted_from("one … three", "one two three")
    assert not is_quoted_from("three … one", "one two three")
    assert missing_words("one four four", "one two") == ["four"]


def test_the_same_words_and_the_same_day():
    speaker = make_actor(actor_kind="person")
    first = quoted("We did it.", "We did it.", speaker=speaker)
    assert any(first.public_id in one for one in row_warnings(quoted("WE DID IT.", "We did it.")))
    later = quoted("Other words.", "Other words.", speaker=speaker)
    assert any("another statement of that date" in one for one in row_warnings(later))


def test_events_of_nearly_one_title():
    story = make_incident()
    first = make_event("OpenAI suspends the account of ByteDance", happened="2023-12-15")
    near = make_event("OpenAI suspends ByteDance’s account", happened="2023-12-15")
    twin = make_event("OpenAI suspended the account of ByteDance", happened="2023-12")
    far = make_event("Skylark passes its filing", happened="2023-12-15")
    for one in (first, twin):
        one.incidents.add(story)
    assert any(first.public_id in one for one in row_warnings(twin))
    assert row_warnings(far) == []
    assert not any(far.public_id in one for one in row_warnings(near))


def test_a_role_that_does_not_cover_the_day():
    speaker, firm = make_actor(actor_kind="person"), make_actor()
    statement = quoted("A.", "A.", speaker=speaker, on_behalf_of=firm, said="2023-12-15")
    assert row_warnings(statement) == []
    role = Affiliation.objects.create(
        person=speaker, organisation=firm, title="spokesperson", since="2024-01"
    )
    assert "covers 15 December 2023: spokesperson, January 2024 to" in row_warnings(statement)[0]
    role.since = parse_edtf("2023-12")
    role.save()
    assert row_warnings(statement) == []


def test_an_end_that_is_not_known_shuts_nothing_out():
    day = parse_edtf("2023-12-15")
    assert role_covers(UNKNOWN, UNKNOWN, day)
    assert role_covers(parse_edtf("2023"), UNKNOWN, UNKNOWN)
    assert not role_covers(UNKNOWN, parse_edtf("2022"), day)


def test_an_uncertain_date_without_the_words_of_its_source():
    assert "words of the source" in row_warnings(make_event("One", happened="2023-04~"))[0]
    assert (
        row_warnings(make_event("Another", happened="2023-04~", happened_phrase="around April"))
        == []
    )
