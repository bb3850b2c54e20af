"""The middleware of the wall: by path, for streams too, and reset after each request."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

from kb.record.wall import WallError, is_reading_publicly


def where(request):
    return HttpResponse(str(is_reading_publicly()))


def reads_users(request):
    return HttpResponse(str(get_user_model().objects.count()))


def writes(request):
    get_user_model().objects.create(username="intruder")


def streams(request):
    def chunks():
        for _ in range(2):
            yield f"{is_reading_publicly()} "

    return StreamingHttpResponse(chunks())


def streams_users(request):
    return StreamingHttpResponse(str(user.pk) for user in get_user_model().objects.all())


def framed(request):
    return HttpResponse(headers={"Content-Security-Policy": "frame-ancestors *"})


def signs_in(request):
    return HttpResponse(str(hasattr(request, "user") or hasattr(request, "session")))


urlpatterns = [
    path("where/", where),
    path("admin/where/", where),
    path("administrator/", where),
    path("users/", reads_users),
    path("writes/", writes),
    path("streams/", streams),
    path("stream-of-users/", streams_users),
    path("framed/", framed),
    path("signs-in/", signs_in),
    path("admin/", admin.site.urls),
]
pytestmark = pytest.mark.urls(__name__)


def test_public_view_runs_behind_the_wall(reader):
    assert reader.get("/where/").content == b"True"
    assert not is_reading_publicly()


def test_desk_view_runs_outside_the_wall(reader):
    assert reader.get("/admin/where/").content == b"False"
    assert reader.get("/administrator/").content == b"True"


@pytest.mark.django_db
def test_guard_fails_for_a_view_that_reads_another_table(reader):
    with pytest.raises(AssertionError, match="names auth_user, behind the wall"):
        reader.get("/users/")


@pytest.mark.wall
def test_database_refuses_a_view_that_reads_another_table(reader):
    reader.raise_request_exception = False
    assert reader.get("/users/").status_code == 500


@pytest.mark.django_db
def test_public_view_that_writes_fails(reader):
    with pytest.raises(WallError):
        reader.get("/writes/")


@pytest.mark.django_db
def test_public_pages_have_no_session_of_an_editor(editor):
    assert editor.get("/signs-in/").content == b"False"


@pytest.mark.django_db  # closing a response looks after the connections
def test_stream_runs_behind_the_wall_and_resets_it(reader):
    response = reader.get("/streams/")
    chunks = iter(response.streaming_content)
    assert next(chunks) == b"True "
    assert not is_reading_publicly()
    assert next(chunks) == b"True "
    response.close()
    assert not is_reading_publicly()


@pytest.mark.django_db
def test_stream_that_reads_another_table_fails(reader):
    with pytest.raises(AssertionError, match="behind the wall"):
        b"".join(reader.get("/stream-of-users/").streaming_content)


def test_view_can_set_its_own_frame_policy(reader):
    assert reader.get("/framed/")["Content-Security-Policy"] == "frame-ancestors *"
