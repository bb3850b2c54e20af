"""A fresh clone in development: `make dev`, and Django's own commands with KB_DEBUG alone."""

from __future__ import annotations

import sqlite3

import pytest
from django.http import HttpResponse

from kb import middleware
from tests.local_server import ROOT, SIGN_IN, LocalServer, stylesheet_of

slow = pytest.mark.slow


@pytest.fixture
def clone(tmp_path) -> LocalServer:
    """A data folder that does not exist yet, and only KB_DEBUG in the environment."""
    return LocalServer(tmp_path / "var", KB_DEBUG="True")


# --- make dev ----------------------------------------------------------------------------------


@slow
def test_dev_serves_the_sample_story(tmp_path):
    dev = LocalServer(tmp_path / "var")
    with dev.served("dev") as log:
        printed = log.read_text()
        assert len(SIGN_IN.findall(printed)) == 1, printed
        assert "Watching for file changes" in printed
        assert "(kb." not in printed, "no system check complains"
        timeline = dev.get("/timeline/").read().decode()
        assert "ByteDance" in timeline
        assert stylesheet_of(timeline) == "/static/css/site-timeline.css"
        stylesheet = dev.get("/static/css/site.css")
        assert stylesheet.status == 200
        assert "Content-Security-Policy" in stylesheet.headers, "sent as production sends it"
        assert dev.get("/static/css/framed-auto.css").headers["Access-Control-Allow-Origin"] == "*"
        assert "password" in dev.get("/admin/").read().decode()
        missing = dev.get("/nothing/")
        assert missing.status == 404
        assert "Using the URLconf defined in" in missing.read().decode()
        with sqlite3.connect(dev.folder / "record.sqlite3") as database:
            database.execute("ALTER TABLE record_entry RENAME TO elsewhere")
        broken = dev.get("/timeline/")
        page = broken.read().decode()
        assert broken.status == 500
        assert "no such table: record_entry" in page
        assert "Traceback" in page
        assert "'unsafe-inline'" in broken.headers["Content-Security-Policy"]
    assert not (dev.folder / "static").exists(), "nothing was collected"
    assert len((dev.folder / "secret.key").read_text().strip()) >= 50


@slow
def test_second_run_of_dev_keeps_everything(tmp_path):
    dev = LocalServer(tmp_path / "var")
    dev.copy_tables()
    assert SIGN_IN.search(dev.manage("dev", "--no-serve"))
    key = (dev.folder / "secret.key").read_text()
    add = "from kb.desk.models import Topic; Topic.objects.create(name='Ours', slug='ours')"
    dev.environment["KB_DEBUG"] = "True"
    dev.manage("shell", "-c", add)
    assert "Sign in" not in dev.manage("dev", "--no-serve"), "the password is printed once"
    count = (
        "from kb.desk.models import Topic; print('!', Topic.objects.filter(slug='ours').count())"
    )
    assert "! 1" in dev.manage("shell", "-c", count)
    assert (dev.folder / "secret.key").read_text() == key


def test_dev_has_a_data_folder_of_its_own(monkeypatch):
    import manage

    folders = []
    monkeypatch.setattr("kb.env.make_secret_key", folders.append)
    for name in ("KB_DATA_DIR", "KB_DEBUG"):
        monkeypatch.setenv(name, "")
    manage.prepare(manage.STARTERS["demo"])
    manage.prepare(manage.STARTERS["dev"])
    assert folders == [ROOT / "var", ROOT / "var" / "dev"]


def test_dev_leaves_what_the_environment_sets(monkeypatch, tmp_path):
    import manage

    folders = []
    monkeypatch.setattr("kb.env.make_secret_key", folders.append)
    monkeypatch.setenv("KB_DATA_DIR", str(tmp_path))
    manage.prepare(manage.STARTERS["dev"])
    assert folders == [tmp_path]


# --- KB_DEBUG alone ----------------------------------------------------------------------------


@slow
def test_commands_work_in_a_fresh_clone(clone):
    assert "no issues" in clone.manage("check")
    assert "No changes detected" in clone.manage("makemigrations", "--check", "--dry-run")
    with clone.served("runserver", f"127.0.0.1:{clone.port}"):
        assert clone.get("/static/css/site.css").status == 200


@slow
def test_migrate_loaddata_and_runserver_serve_the_timeline(clone):
    clone.manage("migrate")
    clone.manage("loaddata", "bytedance-openai")
    for debug in ("True", "False"):
        clone.environment["KB_DEBUG"] = debug
        if debug == "False":
            key = "ReallyRandomAndQuiteLong-3kd92mfhw7Lq0Zx1Vb5Nn8Tt4"
            clone.environment["KB_SECRET_KEY"] = key
        with clone.served("runserver", f"127.0.0.1:{clone.port}") as log:
            timeline = clone.get("/timeline/").read().decode()
            assert "ByteDance" in timeline
            assert clone.get(stylesheet_of(timeline)).status == 200
            assert clone.get("/static/admin/css/base.css").status == 200
            assert ("kb.W007" in log.read_text()) is (debug == "False")


# --- Pages for a developer ---------------------------------------------------------------------


@pytest.fixture
def answer(rf):
    """The answer of a view behind the two middlewares, and the request that the view is given."""

    def get(response: HttpResponse, path: str = "/timeline/", **headers: str):
        requests = []

        def view(request):
            requests.append(request)
            return response

        layers = middleware.SecurityHeaders(middleware.Development(view))
        return layers(rf.get(path, headers=headers)), requests[0]

    return get


def test_error_page_may_have_its_style_in_itself(answer):
    for status in (400, 404, 500):
        page, _ = answer(HttpResponse(status=status))
        policy = page.headers["Content-Security-Policy"]
        assert "script-src 'self' 'unsafe-inline'" in policy
        assert "style-src 'self' 'unsafe-inline'" in policy
        assert "default-src 'none'" in policy


def test_other_pages_have_the_policy_of_production(answer):
    page, _ = answer(HttpResponse())
    assert page.headers["Content-Security-Policy"] == middleware.CONTENT_SECURITY_POLICY


def test_page_is_sent_again_after_a_template_has_changed(answer):
    condition = {"If-None-Match": '"x"', "If-Modified-Since": "Sat, 28 Nov 2026 00:00:00 GMT"}
    _, request = answer(HttpResponse(), **condition)
    assert not {"If-None-Match", "If-Modified-Since"} & set(request.headers)
    _, request = answer(HttpResponse(), path="/static/css/site.css", **condition)
    assert {"If-None-Match", "If-Modified-Since"} <= set(request.headers)


def test_production_does_not_have_the_middleware(settings):
    assert settings.DEBUG is False
    assert "kb.middleware.Development" not in settings.MIDDLEWARE
