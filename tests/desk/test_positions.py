"""Positions on claims: a value of the type that the claim asks for, and the words that carry it."""

from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from kb.desk.models import Proposition, Stance
from kb.desk.verbs.exceptions import ActionRefused
from kb.desk.verbs.publishing import publish
from kb.record.models import Revision
from tests.desk.admin_forms import add_url, change_url, fields_of, text_of
from tests.make import (
    make_actor,
    make_event,
    make_incident,
    make_proposition,
    make_source,
    make_stance,
    make_statement,
    published,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def statement():
    return published(make_statement("About 1,200 accounts were closed on 15 December."))


def form_of(editor, claim, *positions):
    """What a browser would send to save a claim with these new positions."""
    fields = fields_of(editor.get(change_url(claim)))
    first = int(fields["stances-TOTAL_FORMS"])
    fields["stances-TOTAL_FORMS"] = first + len(positions)
    for number, position in enumerate(positions, start=first):
        values = {"position": "asserts", **position}
        fields |= {f"stances-{number}-{name}": value for name, value in values.items()}
    return fields


def refusal(editor, claim, **position):
    """The page that refuses this position; nothing is stored."""
    response = editor.post(change_url(claim), form_of(editor, claim, position))
    assert response.status_code == 200
    assert not Stance.objects.exists()
    return text_of(response)


@pytest.mark.parametrize(
    ("question", "position", "sentence"),
    [
        ("when", {}, "This claim asks when. Enter the date"),
        ("when", {"option": "a"}, "The claim asks when, so its positions have no option."),
        ("whether", {"dated": "2023"}, "The claim asks whether, so its positions have no date."),
        ("which", {"option": "c"}, "“c” is not an option of this claim. Its options are: a; b."),
        ("which", {}, "This claim asks which. Enter one of its options: a; b."),
        ("how_many", {}, "This claim asks how many."),
        ("how_many", {"number_low": "dozens"}, "“dozens” is not a number"),
        ("how_many", {"number_low": "40 people"}, "The claim counts “accounts”, not “people”."),
        ("how_many", {"number_low": "90000000000000000"}, "no more than 16 digits before"),
        ("who", {}, "This claim asks who."),
        ("when", {"position": "undecided", "dated": "2023"}, "does not answer the claim"),
        ("whether", {"exact": ""}, "The words that carry the position are missing."),
        ("whether", {"exact": "were opened"}, "The words “were opened” are not in this statement."),
        ("whether", {"exact": "[not] closed"}, "Leave out what is in brackets"),
        ("whether", {"exact": "[open"}, "opens a bracket that is not closed"),
    ],
)
def test_form_refuses_position_that_does_not_fit(editor, statement, question, position, sentence):
    claim = make_proposition(question=question, options="a\nb", unit="accounts")
    words = {"statement": statement.pk, "exact": "were closed", **position}
    assert sentence in refusal(editor, claim, **words)


@pytest.mark.parametrize(
    ("question", "value", "stored"),
    [
        ("when", {"dated": "15 December 2023"}, {"dated_edtf": "2023-12-15"}),
        ("which", {"option": "b"}, {"option": "b"}),
        (
            "how_many",
            {"number_low": "2–3 million"},
            {"number_low": 2_000_000, "number_high": 3_000_000, "number_bound": "exact"},
        ),
        (
            "how_many",
            {"number_low": "about 1,200 accounts"},
            {"number_low": 1200, "number_high": 1200, "number_bound": "about"},
        ),
    ],
)
def test_form_stores_the_value(editor, statement, question, value, stored):
    claim = make_proposition(question=question, options="a\nb", unit="accounts")
    words = {"statement": statement.pk, "exact": "1,200 accounts … on 15 December"}
    response = editor.post(change_url(claim), form_of(editor, claim, {**words, **value}))
    assert response.status_code == 302, text_of(response)
    stance = Stance.objects.get()
    fields = {name: getattr(stance, name, None) for name in stored}
    if "dated_edtf" in stored:
        fields["dated_edtf"] = stance.dated.edtf
    assert fields == stored
    # Saving the form again as it is changes nothing.
    assert editor.post(change_url(claim), form_of(editor, claim)).status_code == 302
    again = Stance.objects.get()
    assert (again.number_low, again.number_bound) == (stance.number_low, stance.number_bound)


def test_words_of_a_report_are_cited_from_its_source(editor):
    source = make_source()
    make_event(source=source)
    claim = make_proposition()
    sentence = "are not in what is cited from this source"
    assert sentence in refusal(editor, claim, source=source.pk, exact="as spoken")
    fields = form_of(editor, claim, {"source": source.pk, "exact": "as printed"})
    assert editor.post(change_url(claim), fields).status_code == 302


def test_text_of_a_paraphrase_is_not_its_words(editor):
    statement = make_statement("They did it.", form="paraphrase")
    statement.citations.update(exact="admitting that it was done")
    claim = make_proposition()
    assert "not in this statement" in refusal(
        editor, claim, statement=statement.pk, exact="They did it."
    )


def test_question_cannot_change_after_positions_exist(editor):
    claim = make_proposition()
    make_stance(claim, "asserts")
    fields = form_of(editor, claim) | {"question": "when"}
    response = editor.post(change_url(claim), fields)
    assert "1 of its positions answer that" in text_of(response)
    assert Proposition.objects.get().question == "whether"


def test_claim_that_asks_which_needs_options(editor):
    fields = fields_of(editor.get(add_url("proposition"))) | {
        "text": "Why?",
        "question": "which",
        "incident": make_incident().pk,
    }
    response = editor.post(add_url("proposition"), fields)
    assert "Enter the possible answers" in text_of(response)
    assert not Proposition.objects.exists()


@pytest.mark.parametrize("kind", ["proposition", "statement"])
def test_publishing_names_the_position_that_lacks_its_words(kind):
    claim = make_proposition("Was it so?")
    for _ in range(2):
        make_stance(claim, "asserts", statement=published(make_statement()))
    stance = make_stance(claim, "denies", exact="")
    thing = claim if kind == "proposition" else stance.statement
    with pytest.raises(ActionRefused) as refused:
        publish(thing, by=None)
    (reason,) = refused.value.reasons
    assert reason.startswith(f"Position “denies” of “{stance.statement}” on “Was it so?”: ")
    assert "words that carry the position are missing" in reason
    assert not Revision.objects.filter(public_id=thing.public_id).exists()


def test_old_position_without_words_does_not_stop_a_save(editor):
    claim = make_proposition("Was it so?")
    make_stance(claim, "denies", exact="")
    fields = form_of(editor, claim) | {"text": "Was it really so?"}
    assert editor.post(change_url(claim), fields).status_code == 302


def rows_of_a_fixture(claim, *stances):
    """A fixture with a claim, and statements whose citations come after the positions."""
    times = {"created_at": "2026-11-24T00:00:00Z", "updated_at": "2026-11-24T00:00:00Z"}
    rows = [
        {"model": "desk.incident", "fields": {
            "public_id": "jbcdfghj", "slug": "story", "title": "Story", **times}},
        {"model": "desk.source", "fields": {
            "public_id": "sbcdfghj", "slug": "daily", "source_kind": "article", "title": "Daily",
            "published": "2023-12-18", **times}},
        {"model": "desk.event", "fields": {
            "public_id": "kbcdfghj", "slug": "event", "title": "It closed", "standing": "reported",
            "happened": "2023-12", "incidents": [["story"]], **times}},
        {"model": "desk.proposition", "fields": {
            "public_id": "pbcdfghj", "slug": "claim", "text": "The claim?",
            "incident": ["story"], "events": [["event"]], **times, **claim}},
        {"model": "desk.citation", "pk": 1, "fields": {
            "event": ["event"], "source": ["daily"], "exact": "It closed in December."}},
        {"model": "desk.accountof", "pk": 1, "fields": {
            "event": ["event"], "source": ["daily"]}},
    ]  # fmt: skip
    statements = []
    for number, stance in enumerate(stances, start=1):
        fields = {"slug": f"s-{number}", "public_id": f"tbcdfgh{number}", "headline": "Says so",
                  "speaker_label": f"Outlet {number}", "attribution": "unnamed",
                  "form": "verbatim", "text": stance.pop("text"), "said": stance.pop("said"),
                  "incidents": [["story"]], **times}  # fmt: skip
        if speaker := stance.pop("speaker", None):
            fields |= {"speaker": [speaker], "attribution": "named"}
        statements.append({"model": "desk.statement", "fields": fields})
        rows.append({"model": "desk.stance", "pk": number, "fields": {
            "proposition": ["claim"], "statement": [f"s-{number}"], "position": "reports",
            **stance}})  # fmt: skip
        rows.append({"model": "desk.citation", "pk": number + 1, "fields": {
            "statement": [f"s-{number}"], "source": ["daily"],
            "exact": fields["text"], "quoted": True, "wording": "original"}})  # fmt: skip
    return [*rows[:3], *statements, *rows[3:]]


def load(tmp_path, rows):
    path = tmp_path / "story.json"
    path.write_text(json.dumps(rows))
    call_command("loaddata", str(path), verbosity=0)


@pytest.mark.parametrize(
    ("claim", "stance", "sentence"),
    [
        ({"question": "when"}, {}, "dated: This claim asks when."),
        ({"question": "which", "options": "a\nb"}, {"option": "c"}, "“c” is not an option"),
        ({"question": "which"}, {"option": "c"}, "options: Enter the possible answers"),
        ({}, {"dated": "2023"}, "The claim asks whether, so its positions have no date"),
        ({}, {"exact": "never"}, "“never” are not in this statement"),
        ({}, {"exact": ""}, "words that carry the position are missing"),
    ],
)
def test_fixture_with_a_wrong_position_is_refused(tmp_path, claim, stance, sentence):
    position = {"text": "It is so.", "said": "2023-12-15", "exact": "It is so.", **stance}
    with pytest.raises(CommandError, match="Nothing was loaded") as refused:
        load(tmp_path, rows_of_a_fixture(claim, position))
    assert sentence in str(refused.value)
    assert not Stance.objects.exists() and not Revision.objects.exists()


# --- Situation 6: two outlets give two values of one detail --------------------------------------

ACCOUNTS = [
    {"text": "It closed on 15 December, the Gazette reports.", "said": "2023-12-16"},
    {"text": "It closed on 20 December, the Herald reports.", "said": "2023-12-21"},
]


def check_two_dates(reader):
    page = reader.get("/incidents/story/claims/")
    (claim,) = page.context["matrix"].claims
    assert claim["contested"]
    assert "Date contested" in page.text and "differ: when" in page.text
    assert "on 15 December" in page.text and "on 20 December" in page.text
    entries = reader.get("/timeline.json").json()["entries"]
    (event,) = [entry for entry in entries if entry["kind"] == "event"]
    (contested,) = event["contested"]
    assert (contested["aspect"], contested["question"]) == ("date", "when")
    statements = [entry for entry in entries if entry["kind"] == "statement"]
    assert all(entry["contested"] == [] for entry in statements)
    stances = {stance["exact"]: stance for entry in statements for stance in entry["stances"]}
    assert stances.keys() == {"on 15 December", "on 20 December"}
    stance = stances["on 15 December"]
    assert stance["proposition"]["question"] == "when"
    assert (stance["date"]["edtf"], stance["option"], stance["actor"]) == ("2023-12-15", "", None)


def test_two_outlets_give_two_dates_through_forms(editor, reader):
    story = make_incident("Story", slug="story")
    event = make_event(happened="2023-12")
    event.incidents.add(story)
    statements = [make_statement(**account) for account in ACCOUNTS]
    positions = [
        {"statement": statements[0].pk, "exact": "on 15 December", "dated": "15 December 2023"},
        {"statement": statements[1].pk, "exact": "on 20 December", "dated": "20 December 2023"},
    ]
    fields = fields_of(editor.get(add_url("proposition"))) | {
        "text": "When did it close?",
        "question": "when",
        "incident": story.pk,
        "events": [event.pk],
    }
    assert editor.post(add_url("proposition"), fields).status_code == 302
    claim = Proposition.objects.get()
    assert editor.post(change_url(claim), form_of(editor, claim, *positions)).status_code == 302
    for thing in (event, *statements, claim, *statements):
        publish(thing, by=None)
    check_two_dates(reader)


def test_two_outlets_give_two_dates_through_a_fixture(tmp_path, reader):
    positions = [
        {**ACCOUNTS[0], "exact": "on 15 December", "dated": "2023-12-15"},
        {**ACCOUNTS[1], "exact": "on 20 December", "dated": "2023-12-20"},
    ]
    load(tmp_path, rows_of_a_fixture({"question": "when"}, *positions))
    check_two_dates(reader)


def test_day_in_washington_and_day_in_beijing_are_not_contested(tmp_path, reader):
    positions = [
        {**ACCOUNTS[0], "exact": "15 December", "dated": "2023-12-15"},
        {**ACCOUNTS[1], "exact": "20 December", "dated": "2023-12-16"},
    ]
    load(tmp_path, rows_of_a_fixture({"question": "when"}, *positions))
    page = reader.get("/incidents/story/claims/")
    assert "do not exclude each other" in page.text and "Date contested" not in page.text


# --- Situation 14: accounts of one party that differ over time -----------------------------------


def check_changed_number(reader):
    page = reader.get("/incidents/story/claims/")
    (claim,) = page.context["matrix"].claims
    assert claim["contested"]
    assert "Number contested" in page.text and "differ: how many" in page.text
    later, earlier = claim["cells"][0]["positions"]
    assert (later["words"], earlier["words"]) == ("40 accounts", "about 2,000,000 accounts")
    assert later["changed_from"]["words"] == earlier["words"]
    assert earlier["changed_from"] is None
    assert "Changed." in page.text


FIRST, SECOND = "About 2 million accounts were closed.", "Only 40 accounts were closed."


def test_party_that_changes_its_number_through_forms(editor, reader):
    story, acme = make_incident("Story", slug="story"), make_actor("Acme")
    claim = make_proposition("How many?", question="how_many", unit="accounts", incident=story)
    statements = [
        make_statement(FIRST, speaker=acme, said="2023-12-16"),
        make_statement(SECOND, speaker=acme, said="2023-12-20"),
    ]
    positions = [
        {"statement": statements[0].pk, "exact": FIRST, "number_low": "about 2 million"},
        {"statement": statements[1].pk, "exact": SECOND, "number_low": "40"},
    ]
    fields = form_of(editor, claim, *positions)
    assert editor.post(change_url(claim), fields).status_code == 302
    for thing in (*statements, claim):
        publish(thing, by=None)
    check_changed_number(reader)


def test_party_that_changes_its_number_through_a_fixture(tmp_path, reader):
    make_actor("Acme", slug="acme", public_id="acbdfghj")
    about = {"number_bound": "about", "number_low": "2000000", "number_high": "2000000"}
    exact = {"number_bound": "exact", "number_low": "40", "number_high": "40"}
    positions = [
        {"text": FIRST, "exact": FIRST, "said": "2023-12-16", "speaker": "acme", **about},
        {"text": SECOND, "exact": SECOND, "said": "2023-12-20", "speaker": "acme", **exact},
    ]
    load(tmp_path, rows_of_a_fixture({"question": "how_many", "unit": "accounts"}, *positions))
    check_changed_number(reader)


def test_order_that_dates_leave_open_is_no_change(tmp_path, reader):
    make_actor("Acme", slug="acme", public_id="acbdfghj")
    positions = [
        {"text": "It is so.", "exact": "It is so.", "said": "2023-12", "speaker": "acme"},
        {"text": "It is not.", "exact": "It is not.", "said": "2023-12-20", "speaker": "acme",
         "position": "denies"},
    ]  # fmt: skip
    load(tmp_path, rows_of_a_fixture({}, *positions))
    page = reader.get("/incidents/story/claims/")
    assert "differ: whether" in page.text and "Changed." not in page.text


def test_actor_who_becomes_part_of_another_ends_the_dispute(reader):
    company, cloud = published(make_actor("Company")), published(make_actor("Cloud"))
    event = published(make_event())
    claim = make_proposition("Who did it?", question="who", events=(event,))
    for actor in (company, cloud):
        statement = published(make_statement("They did it."))
        make_stance(claim, "asserts", statement=statement, actor=actor)
    published(claim)
    address = f"/events/{event.slug}.json"
    assert reader.get(address).json()["contested"][0]["aspect"] == "actor"
    cloud.part_of = company
    cloud.save()
    publish(cloud, by=None)
    assert reader.get(address).json()["contested"] == []


def test_form_has_one_line_for_the_number(editor):
    page = editor.get(reverse("admin:desk_proposition_add")).content.decode()
    assert "number_high" not in page and "number_bound" not in page
    assert "admin_desk/claim_values.js" in page


@pytest.mark.parametrize(
    ("question", "options", "values", "badge"),
    [
        ("which", "gas\noil", ({"option": "gas"}, {"option": "oil"}),
         "Contested “What leaked?”: 2 positions"),
        ("how_many", "", ({"number_low": 3}, {"number_low": 9}), "Number contested: 2 positions"),
    ],
)  # fmt: skip
def test_badge_of_an_entry_says_what_is_asked(reader, question, options, values, badge):
    event = published(make_event())
    claim = make_proposition("What leaked?", question=question, options=options, events=(event,))
    for value in values:
        statement = published(make_statement("They say it."))
        make_stance(claim, "asserts", statement=statement, **value)
    published(claim)
    assert badge in text_of(reader.get(f"/events/{event.slug}/"))
    assert badge in text_of(reader.get("/timeline/"))
    assert "Reason contested" not in reader.get("/incidents/").text
