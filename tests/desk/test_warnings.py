"""What the desk asks an editor to look at again after a save."""

import pytest

from kb.dates import UNKNOWN, parse_edtf
from kb.desk.models import Affiliation, Citation
from kb.desk.warnings import role_covers, row_warnings
from tests.make import make_actor, make_event, make_incident, make_source, make_statement

pytestmark = pytest.mark.django_db


def quoted(text, exact, **fields):
    statement = make_statement(text, **fields)
    statement.citations.all().delete()
    if exact is not None:
        Citation.objects.create(
            statement=statement,
            source=make_source(),
            exact=exact,
            quoted=bool(exact) and statement.form == "verbatim",
        )
    return statement


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("We did it", "“We did it”, she said."),
        ("[w]e  did\nit", "We did it."),
        ("We … won.", "We did it, and won."),
        ("don’t", "We don't"),
    ],
)
def test_quotation_with_words_of_source_has_no_warning(text, exact):
    assert row_warnings(quoted(text, exact)) == []


@pytest.mark.parametrize(
    ("text", "exact", "warning"),
    [
        ("We did break the rules.", "We did not break the rules.", "Add “…”"),
        ("All 12 were checked.", "All 21 were checked.", "“12”"),
        ("We did it gladly.", "We did it.", "“gladly”"),
        ("and won … We did it", "We did it and won.", "Put the words in the source's order"),
        ("We won.", "We did it, and won.", "Add “…”"),
        ("We … it.", "We did not break it.", "“not”"),
        (
            "We won",
            "We won and, with the others, not one was hurt.",
            "Check that the quotation keeps its meaning",
        ),
        ("We did it.", "", "no exact words to be composed from"),
        ("We did it.", None, "no exact words to be composed from"),
    ],
)
def test_warning_names_words_missing_in_source(text, exact, warning):
    warnings = row_warnings(quoted(text, exact))
    assert len(warnings) == 1
    assert warning in warnings[0]


def test_paraphrase_is_not_compared_with_source():
    assert row_warnings(quoted("They said so.", "We say so.", form="paraphrase")) == []


def test_same_text_or_speaker_on_same_day_is_a_warning():
    speaker = make_actor(actor_kind="person")
    first = quoted("We did it.", "We did it.", speaker=speaker)
    assert any(
        first.public_id in warning for warning in row_warnings(quoted("WE DID IT.", "We did it."))
    )


@pytest.mark.parametrize(
    ("text", "other", "is_warned"),
    [
        ("The account was suspended.", "We suspended the account on Friday.", True),
        ("The account was suspended.", "The pump at the plant was off.", False),
        ("The account was suspended.", "The account of ByteDance is a large one, we know.", False),
        ("我们暂停了该账户。", "该账户已被暂停。", True),
        ("我们暂停了该账户。", "水泵当天没有运转。", False),
    ],
)
def test_statement_of_that_day_is_a_warning_only_if_words_overlap(text, other, is_warned):
    speaker = make_actor(actor_kind="person")
    quoted(text, text, speaker=speaker, headline="")
    later = quoted(other, other, speaker=speaker, headline="")
    expected = "another statement with some of these words on this date"
    assert any(expected in warning for warning in row_warnings(later)) == is_warned


def test_similar_titles_of_same_day_are_a_warning():
    story = make_incident()
    first = make_event("OpenAI suspends the account of ByteDance", happened="2023-12-15")
    near = make_event("OpenAI suspends ByteDance’s account", happened="2023-12-15")
    twin = make_event("OpenAI suspended the account of ByteDance", happened="2023-12")
    far = make_event("Skylark passes its filing", happened="2023-12-15")
    for event in (first, twin):
        event.incidents.add(story)
    assert any(first.public_id in warning for warning in row_warnings(twin))
    assert row_warnings(far) == []
    assert not any(far.public_id in warning for warning in row_warnings(near))


def test_role_outside_its_dates_is_a_warning():
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


def test_role_with_unknown_end_covers_later_days():
    day = parse_edtf("2023-12-15")
    assert role_covers(UNKNOWN, UNKNOWN, day)
    assert role_covers(parse_edtf("2023"), UNKNOWN, UNKNOWN)
    assert not role_covers(UNKNOWN, parse_edtf("2022"), day)


def test_uncertain_date_without_source_phrase_is_a_warning():
    assert "wording from the source" in row_warnings(make_event("One", happened="2023-04~"))[0]
    worded = make_event("Another", happened="2023-04~", happened_phrase="around April")
    worded.citations.update(exact="It was around April.")
    assert row_warnings(worded) == []
