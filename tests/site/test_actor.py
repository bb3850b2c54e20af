"""`/actors/<slug>/`: what somebody did and said, lane by lane."""

import pytest

from tests.make import make_actor, make_event, make_statement, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme():
    return make_actor("Acme", slug="acme")


def test_it_works(reader, acme):
    published(make_event("The launch", actors=((acme, "acted"),)))
    published(make_statement("We launched.", on_behalf_of=acme))
    text = reader.get("/actors/acme/").content.decode()
    assert "The launch" in text
    assert "We launched." in text


def test_a_lane_holds_its_own_entries_only_and_its_links_stay_in_it(reader, acme):
    published(make_event("The launch", actors=((acme, "acted"),)))
    for _ in range(3):
        published(make_statement("We launched.", on_behalf_of=acme))
    answer = reader.get("/actors/acme/?lane=for&size=2")
    page = answer.context["page"]
    assert page["count"]["total"] == 3
    for link in (page["next"], page["order_urls"]["newest"]):
        assert "lane=for" in link
        assert reader.get(link).context["page"]["count"]["total"] == 3


def test_an_actor_of_drafts_only_is_not_there(reader, acme):
    make_event(actors=((acme, "acted"),))
    assert reader.get("/actors/acme/").status_code == 404


def test_an_old_address_leads_on(reader, acme):
    published(acme)
    acme.slug = "acme-corp"
    acme.save()
    published(acme)
    answer = reader.get("/actors/acme/")
    assert (answer.status_code, answer["Location"]) == (301, "/actors/acme-corp/")
