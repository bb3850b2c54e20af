"""Threats 14, 16 and 24: what no honest client sends is a clean 400 or 414, never a 500."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from django.contrib import admin
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kb.middleware import MAX_ADDRESS_BYTES, HostileInput
from tests import addresses

# As the query string goes over the wire, with what answers it.
QUERIES = {
    "NUL": ("q=%00", 400),
    "NUL in a name": ("q%00=a", 400),
    "control character": ("q=%1b", 400),
    "line feed": ("q=a%0d%0aSet-Cookie:x=1", 400),
    "lone surrogate": ("q=%ed%a0%80", 400),
    "overlong slash": ("q=%c0%af", 400),
    "invalid UTF-8": ("q=%ff", 400),
    "raw bytes": ("q=\xff", 400),
    "invalid percent-encoding": ("q=100%", 400),
    "invalid percent-encoding in the middle": ("q=%zz", 400),
    "20 kB": ("q=" + "a" * 20_000, 414),
}
# These are well-formed, so it is for the page to answer, with anything below 500.
AWKWARD = [
    "q=" + quote("１２"),
    "q=" + "(" * 200,
    "q=" + quote('"' * 99),
    "q=" + quote("\u202e\ufeff\u0301" * 20),
    "size=" + "9" * 31,
    "size=-1",
    "from=0000",
    "from=99999",
    "from=12/05/2023",
    "until=" + quote("²"),
    "known=NaN",
    "order=-id",
    "after=" + quote("eyJhIjogMX0="),
    "after=%20",
    "before=" + "A" * 3000,
    "actor=" + "&actor=".join("x" * 900),
    "actor__pk=1",
    "match=&match=&match=certain",
    "=&=&&&",
    "page=1000000000000000000000000000000",
    "%E2%98%83=1",
]
PUBLIC = addresses.public()


def test_it_works(reader):
    response = reader.get("/", QUERY_STRING="q=%00")
    assert response.status_code == 400
    assert "control character" in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("name", QUERIES)
@pytest.mark.parametrize("path", ["/", "/timeline/", "/nowhere/", "/admin/", "/static/x.css"])
def test_a_hostile_query_is_refused_without_the_database(reader, path, name):
    query, status = QUERIES[name]
    response = reader.get(path, QUERY_STRING=query)
    assert response.status_code == status
    assert not response.cookies


@pytest.mark.parametrize(
    "path", ["/%00", "/actors/%00/", "/actors/%1f/", "/%ff/", "/%ed%a0%80/", "/a%0d%0ab/"]
)
def test_a_hostile_path_is_refused_without_the_database(reader, path):
    assert reader.get(path).status_code == 400


def test_a_broken_path_is_refused_where_the_server_hands_it_over(reader):
    assert reader.get("/%", RAW_URI="/%").status_code == 400
    assert reader.get("/%zz/", RAW_URI="/%zz/?q=1").status_code == 400


def test_a_long_path_is_refused(reader):
    assert reader.get("/" + "a" * MAX_ADDRESS_BYTES).status_code == 414


def test_a_query_may_be_long_up_to_the_limit():
    middleware = HostileInput(lambda request: HttpResponse())
    fits = RequestFactory().get("/", QUERY_STRING="q=" + "a" * (MAX_ADDRESS_BYTES - 3))
    assert middleware(fits).status_code == 200


@pytest.mark.parametrize(
    "path", ["/actors/%E5%AD%97%E8%8A%82/", "/a%20b/", "/100%25/", "/caf%C3%A9/"]
)
def test_a_path_may_be_in_any_script(path):
    middleware = HostileInput(lambda request: HttpResponse())
    assert middleware(RequestFactory().get(path)).status_code == 200


@pytest.mark.parametrize("query", ["q=caf%C3%A9", "q=%E5%AD%97", "q=a%09b", "q=a+b", "q=100%25"])
def test_what_people_write_is_let_through(query):
    middleware = HostileInput(lambda request: HttpResponse(request.GET["q"]))
    assert middleware(RequestFactory().get("/", QUERY_STRING=query)).status_code == 200


def test_a_cookie_cannot_carry_a_nul(reader):
    response = reader.get("/admin/", headers={"Cookie": 'sessionid="\\000\\000"'})
    assert response.status_code == 400


# One test for each address, in which every awkward thing is tried: to set up a test takes as
# long as the request itself. An error of a view is a 500 here, so that all of them are tried.


@pytest.fixture
def visitor():
    return Client(raise_request_exception=False)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("address", PUBLIC, ids=str)
def test_every_public_address_survives_an_awkward_query(visitor, address):
    path = address.path()
    statuses = {query: visitor.get(path, QUERY_STRING=query).status_code for query in AWKWARD}
    assert {query: status for query, status in statuses.items() if status >= 500} == {}


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("address", [item for item in PUBLIC if item.converters], ids=str)
def test_every_part_of_a_path_survives_an_awkward_value(visitor, address):
    statuses = {}
    for value in ["x" * 3000, "-", "%", "..", "１２", "\u202e", "'\"<>", "1e400"]:
        # Put in by hand: reverse() refuses what a visitor may well type.
        path = address.path().replace("nothing-here", quote(value, safe=""))
        statuses[value] = visitor.get(path).status_code
    assert {value: status for value, status in statuses.items() if status >= 500} == {}


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_whatever_arrives_is_refused_or_readable(query, path):
    seen = []

    def view(request):
        seen.extend(part for pair in request.GET.lists() for part in (pair[0], *pair[1]))
        seen.append(request.path_info)
        return HttpResponse()

    request = RequestFactory().request(
        QUERY_STRING=query.decode("latin-1"), PATH_INFO="/" + path.decode("latin-1")
    )
    response = HostileInput(view)(request)
    assert response.status_code in (200, 400)
    for text in seen:
        text.encode()  # no lone surrogate
        assert "\x00" not in text


# --- The desk ----------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("field", ["username", "password", "csrfmiddlewaretoken", "next", "x\x00"])
def test_a_form_with_a_nul_is_refused_before_anything_is_asked(reader, field):
    form = {"username": "editor", "password": "x", field: "a\x00b"}
    response = reader.post(reverse("admin:login"), form)
    assert response.status_code == 400
    multipart = reader.post(reverse("admin:login"), {"username": "a\x00"}, format="multipart")
    assert multipart.status_code == 400


def test_a_form_that_breaks_off_is_refused(reader):
    class Broken:
        def read(self, *size):
            raise OSError("the line went dead")

        readline = read

    response = reader.post(
        "/admin/login/",
        content_type="application/x-www-form-urlencoded",
        **{"wsgi.input": Broken(), "CONTENT_LENGTH": "9"},
    )
    assert response.status_code == 400


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize(
    "model", [pytest.param(model, id=model._meta.label_lower) for model in admin.site._registry]
)
def test_every_list_of_the_desk_survives_an_awkward_query(editor, model):
    changelist = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for query in (
        "q=" + quote("'\"\\ １２"),
        "q=" + "(" * 300,
        "p=" + "9" * 31,
        "p=-1",
        "o=1.-2.99999999999999999999",
        "o=abc",
        "id__exact=abc",
        "id__exact=" + "9" * 31,
        "pk__in=" + ",".join("1" * 1500),
        "nothing__here=1",
        "all=&e=1&_popup=1&_to_field=password",
        "_changelist_filters=%25zz",
    ):
        assert editor.get(changelist, QUERY_STRING=query).status_code < 500, query


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["abc", "9" * 31, "-1", "１２", "_00", "_0A", "..", "%2500"])
def test_every_entry_of_the_desk_survives_an_awkward_key(editor, key):
    for model in admin.site._registry:
        base = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for page in ("change", "history", "delete"):
            assert editor.get(f"{base}{quote(key)}/{page}/").status_code < 500
