"""`/incidents/<slug>/claims/`: the position of each actor on each claim."""

import pytest

from kb.desk.documents import build_document
from kb.desk.verbs.snapshots import pending_revision
from kb.record.publish import append_revisions
from kb.record.vocabulary import Change
from kb.site.http.claims_parameters import MAX_COLUMNS
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
from tests.story import load_story

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PATH = "/incidents/story/claims/"


@pytest.fixture
def question():
    story = make_incident("Story", slug="story")
    event = make_event()
    event.incidents.add(story)
    return make_proposition("Is it so?", events=(published(event),), incident=story)


def answer(question, position, text, **fields):
    statement = published(make_statement(text, **fields))
    make_stance(question, position, statement=statement)
    return statement


def matrix(reader, path=PATH):
    return reader.get(path).context["matrix"]


def columns(table):
    return [column["name"] for column in table.columns]


def positions(table, claim, actor):
    """The positions of an actor on the claim that begins with this text, latest first."""
    (row,) = (claim_row for claim_row in table.claims if claim_row["text"].startswith(claim))
    (cell,) = (candidate for candidate in row["cells"] if candidate["column"]["name"] == actor)
    return [position["position"] for position in cell["positions"]]


def test_each_actor_has_a_column(reader, question):
    answer(question, "asserts", "It is so.", on_behalf_of=make_actor("Acme"))
    answer(question, "denies", "It is not so.", speaker=None, speaker_label="A person there")
    published(question)
    response = reader.get(PATH)
    table = response.context["matrix"]
    assert columns(table) == ["Acme", "Not named"]
    assert table.claims[0]["contested"] is True
    assert "A person there" in response.text
    assert "It is not so." in response.text


def test_unnamed_speakers_share_one_column(reader, question):
    answer(question, "reports", "One.", speaker=None, speaker_label="Internal documents")
    answer(question, "denies", "Two.", speaker=None, speaker_label="A person there")
    published(question)
    response = reader.get(PATH)
    assert columns(response.context["matrix"]) == ["Not named"]
    assert "Internal documents" in response.text
    assert "A person there" in response.text


def test_latest_position_is_first_and_change_is_marked(reader, question):
    acme = make_actor("Acme")
    answer(question, "denies", "No.", on_behalf_of=acme, said="2023-01-01")
    answer(question, "confirms", "Yes.", on_behalf_of=acme, said="2023-06-01")
    published(question)
    response = reader.get(PATH)
    table = response.context["matrix"]
    assert positions(table, "Is it so?", "Acme") == ["confirms", "denies"]
    assert "Before: Denies" in response.text


def test_empty_cell_says_no_position(reader, question):
    answer(question, "asserts", "It is so.", on_behalf_of=make_actor("Acme"))
    other = make_proposition("And that?", incident=question.incident)
    answer(other, "denies", "No.", on_behalf_of=make_actor("Beta"))
    published(question)
    published(other)
    table = matrix(reader)
    assert positions(table, "Is it so?", "Beta") == []
    assert reader.get(PATH).text.count("No position recorded") == 5, (
        "two cells and the legend, and two cells of the overview"
    )


def test_claim_with_one_answer_is_not_contested(reader, question):
    answer(question, "asserts", "It is so.")
    published(question)
    assert matrix(reader).claims[0]["contested"] is False
    assert "do not differ" in reader.get(PATH).text


def test_chooser_lists_actors_beyond_column_limit(reader, question):
    for number in range(MAX_COLUMNS + 2):
        actor = make_actor(f"Actor {number}", slug=f"party-{number}")
        answer(question, "asserts", "It is so.", on_behalf_of=actor)
    published(question)
    assert len(columns(matrix(reader))) == MAX_COLUMNS
    assert columns(matrix(reader, f"{PATH}?actor=party-9&actor=party-1")) == ["Actor 1", "Actor 9"]


def test_known_excludes_later_positions(reader, question):
    early, late = make_source(published="2023-12-15"), make_source(published="2023-12-17")
    answer(question, "asserts", "Yes.", on_behalf_of=make_actor("Acme"), source=early)
    answer(question, "denies", "No.", on_behalf_of=make_actor("Beta"), source=late)
    published(question)
    then = reader.get(f"{PATH}?known=2023-12-16")
    assert columns(then.context["matrix"]) == ["Acme"]
    assert then.context["matrix"].claims[0]["contested"] is False
    assert "As known on 16 December 2023" in then.text
    assert matrix(reader, f"{PATH}?known=2023-12-17").claims[0]["contested"] is True


@pytest.mark.parametrize("query", ["colour=red", "known=someday", "actor=nobody"])
def test_invalid_claims_parameter_is_named(reader, question, query):
    published(question)
    response = reader.get(f"{PATH}?{query}")
    assert response.status_code == 400
    assert query.split("=")[0] in response.text


def test_sample_story_claims(reader):
    load_story()
    table = matrix(reader, "/incidents/bytedance-openai/claims/")
    used = "Was data generated by OpenAI"
    assert sorted(positions(table, used, "ByteDance")) == [
        "confirms_in_part",
        "denies",
        "does_not_address",
    ]
    assert positions(table, used, "OpenAI") == ["undecided"]
    assert positions(table, used, "Machine Heart") == ["reports"]
    assert positions(table, used, "Not named") == ["reports"]
    allowed = "Did Microsoft authorise"
    assert positions(table, allowed, "ByteDance") == ["asserts"]
    assert positions(table, allowed, "Microsoft") == ["does_not_address"]
    broken = "Did ByteDance violate"
    assert positions(table, broken, "ByteDance") == ["does_not_address", "denies"]
    assert positions(table, broken, "OpenAI") == ["undecided"]
    differing = {claim["text"][:9] for claim in table.claims if claim["contested"]}
    assert differing == {"Was data ", "Did ByteD", "Why was B"}
    listed = [
        position
        for claim in table.claims
        for claim_cell in claim["cells"]
        for position in claim_cell["positions"]
    ]
    assert listed
    assert [position for position in listed if not position["quotation"].words] == []


def cell(reader, actor, path=PATH):
    """The positions of an actor on the first claim."""
    (chosen,) = (
        candidate
        for candidate in matrix(reader, path).claims[0]["cells"]
        if candidate["column"]["name"] == actor
    )
    return chosen["positions"]


def test_overlapping_dates_are_not_called_earlier(reader, question):
    acme = make_actor("Acme")
    answer(question, "denies", "No.", on_behalf_of=acme, said="../2023-12-17")
    answer(question, "confirms", "Yes.", on_behalf_of=acme, said="2023-12-17")
    published(question)
    assert [position["earlier"] for position in cell(reader, "Acme")] == [False, False]
    assert [position["changed_from"] for position in cell(reader, "Acme")] == [None, None]


def test_silent_position_is_not_a_change(reader, question):
    acme = make_actor("Acme")
    for day, position in (("01", "denies"), ("02", "does_not_address"), ("03", "confirms")):
        answer(question, position, "It is so.", on_behalf_of=acme, said=f"2023-12-{day}")
    published(question)
    listed = cell(reader, "Acme")
    assert [position["earlier"] for position in listed] == [False, True, True]
    assert [
        position["changed_from"] and position["changed_from"]["position"] for position in listed
    ] == [
        "denies",
        None,
        None,
    ]


def test_unnamed_speakers_never_show_a_change(reader, question):
    for day, position in (("01", "denies"), ("03", "confirms")):
        label = f"A person on day {day}"
        day_said = f"2023-12-{day}"
        answer(question, position, "It is so.", speaker=None, speaker_label=label, said=day_said)
    published(question)
    listed = cell(reader, "Not named")
    assert [position["earlier"] for position in listed] == [False, False]
    assert [position["changed_from"] for position in listed] == [None, None]


def test_changed_date_is_shown_in_words(reader):
    when = make_proposition("When?", question="when", incident=make_incident(slug="story"))
    acme = make_actor("Acme")
    for day, dated in (("01", "2023-04"), ("09", "2023-06")):
        statement = make_statement("On that day.", on_behalf_of=acme, said=f"2023-12-{day}")
        published(statement)
        make_stance(when, "asserts", statement=statement, dated=dated)
    published(when)
    response = reader.get(PATH)
    assert "Before: April 2023" in response.text
    assert response.text.count('class="strip strip-event"') == 2, "one strip for each account"


def test_report_without_statement_shows_publisher(reader, question):
    news = make_source("The report", publisher=make_actor("The Daily"), published="2023-12-16")
    make_stance(question, "reports", source=published(news))
    answer(question, "denies", "No.", on_behalf_of=make_actor("Acme"))
    published(question)
    (position,) = cell(reader, "The Daily")
    assert (position["source"]["title"], position["stated"]["words"]) == (
        "The report",
        "16 December 2023",
    )
    assert 'href="/sources/' in reader.get(PATH).text
    before = matrix(reader, f"{PATH}?known=2023-12-15")
    assert columns(before) == ["Acme"]
    assert before.later == 1
    assert columns(matrix(reader, f"{PATH}?known=2023-12-16")) == ["Acme", "The Daily"]


def test_dates_of_reports_are_in_the_language(reader, question):
    make_stance(question, "reports", source=make_source(published="2023-12-17/.."))
    published(question)
    assert "on or after 17 December 2023" in reader.get(PATH).text
    chinese = reader.get(f"/zh-hans{PATH}").text
    assert "17 December" not in chinese
    assert "2023年12月17日或之后" in chinese


def test_unnamed_and_positionless_columns_can_be_chosen(reader, question):
    answer(question, "asserts", "Yes.", on_behalf_of=make_actor("Acme", slug="acme"))
    answer(question, "denies", "No.", speaker=None, speaker_label="A person there")
    published(make_actor("Beta", slug="beta"))
    published(question)
    assert columns(matrix(reader, f"{PATH}?actor=-")) == ["Not named"]
    table = matrix(reader, f"{PATH}?actor=beta&actor=-")
    assert columns(table) == ["Beta", "Not named"]
    assert positions(table, "Is it so?", "Beta") == []


def test_too_many_actors_return_400(reader, question):
    for number in range(MAX_COLUMNS + 1):
        actor = make_actor(slug=f"party-{number}")
        answer(question, "asserts", "Yes.", on_behalf_of=actor)
    published(question)
    everyone = "&".join(f"actor=party-{number}" for number in range(MAX_COLUMNS + 1))
    response = reader.get(f"{PATH}?{everyone}")
    assert response.status_code == 400
    assert f"no more than {MAX_COLUMNS}" in response.text


def test_day_before_first_position_links_to_it(reader):
    load_story()
    path = "/incidents/bytedance-openai/claims/"
    response = reader.get(f"{path}?known=2023-12-16")
    assert response.context["matrix"].claims == []
    assert "No position on these claims was public by that day." in response.text
    assert "17 later positions are hidden" in response.text
    assert f"{path}?known=2023-12-17" in response.text
    # Machine Heart is the only source that was read, and was public on the 17th at the earliest.
    assert matrix(reader, f"{path}?known=2023-12-17").later == 0


def test_reworded_position_is_not_a_change(reader):
    load_story()
    text = reader.get("/incidents/bytedance-openai/claims/").text
    assert "Changed." not in text
    assert "Earlier:" not in text


def overview(table):
    """The overview: respect and the marks of each cell, claim by claim."""
    return [
        (row["respect"], [[mark["words"] for mark in cell["marks"]] for cell in row["cells"]])
        for row in table.overview
    ]


def test_overview_has_a_word_for_each_cell(reader, question):
    answer(question, "confirms_in_part", "In part.", on_behalf_of=make_actor("Acme"))
    answer(question, "denies", "No.", on_behalf_of=make_actor("Beta"))
    when = make_proposition("When?", question="when", incident=question.incident)
    for dated in ("2023-04", "2023-09"):
        answer_text = make_statement("Then.", on_behalf_of=make_actor("Gamma", slug=f"g-{dated}"))
        make_stance(when, "asserts", statement=published(answer_text), dated=dated)
    published(question)
    published(when)
    response = reader.get(PATH)
    respects = dict(
        zip(
            [row["text"] for row in response.context["matrix"].overview],
            overview(response.context["matrix"]),
            strict=True,
        )
    )
    assert respects["Is it so?"][0] == "differ: whether"
    assert respects["When?"] == ("differ: when", [[], [], ["1 date"], ["1 date"]])
    assert "In part" in response.text and "differ: when" in response.text


def test_matrix_shows_the_words_that_carry_the_position(reader, question):
    statement = published(
        make_statement("We began early. It is so. Ask us again.", on_behalf_of=make_actor("Acme"))
    )
    make_stance(question, "asserts", statement=statement, exact="It is so.")
    published(question)
    (position,) = cell(reader, "Acme")
    assert position["quotation"].words == "It is so."


def test_position_from_before_words_were_recorded_shows_a_passage(reader, question):
    statement = published(make_statement("It is so.", on_behalf_of=make_actor("Acme")))
    make_stance(question, "asserts", statement=statement, exact="")
    append_revisions([pending_revision(build_document(question), Change.UPDATE)])
    published(question.incident)
    (position,) = cell(reader, "Acme")
    assert position["quotation"].words == "It is so."
