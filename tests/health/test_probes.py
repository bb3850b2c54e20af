"""Probes answer from the process, and not ready means that not even kept answers can be sent."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kb.desk.webpage import background
from kb.health import metrics, readiness
from kb.record.backup_status import BackupEvent, note_backup_event, note_backup_failure
from kb.record.event_counts import Happening, count
from kb.response_cache import versions
from tests.make import make_event, published
from tests.response_cache.conftest import cache, client, django_application, make_cache  # noqa: F401

pytestmark = [pytest.mark.wall, pytest.mark.slow]


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def database_away(monkeypatch):
    def refuse(self):
        raise OSError("connection refused")

    def leave():
        monkeypatch.setattr(versions.VersionConnection, "read", refuse)
        monkeypatch.setattr(versions, "RETRY_SECONDS", 0)

    return leave


@pytest.fixture(autouse=True)
def _each_report_is_new(monkeypatch):
    monkeypatch.setattr(readiness, "SECONDS_KEPT", 0)


def report_of(answer):
    return json.loads(answer.text)


def test_healthz_asks_nothing_but_the_process(client, database_away):  # noqa: F811
    database_away()
    answer = client.get("/healthz")
    assert (answer.status, answer.text, answer.cache_status) == (200, "ok\n", "")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_need_neither_host_nor_https_nor_sign_in(settings, path):
    settings.ALLOWED_HOSTS = ["example.org"]
    settings.SECURE_SSL_REDIRECT = True
    anyone = Client(headers={"host": "10.0.0.7:8000"})
    answer = anyone.get(path)
    assert answer.status_code == 200
    assert not answer.cookies
    assert "Content-Security-Policy" in answer.headers
    assert anyone.head(path).content == b""
    assert anyone.post(path).status_code == 405


def test_ready_while_the_database_or_kept_answers_serve(make_cache, database_away):  # noqa: F811
    from tests.response_cache.client import WSGIClient

    clock = Clock()
    site = WSGIClient(make_cache(clock=clock))
    published(make_event())
    fresh = report_of(site.get("/readyz"))
    assert fresh["checks"]["database"]["ok"] and fresh["checks"]["database"]["last_good"]
    site.get("/timeline/")
    database_away()
    away = site.get("/readyz")
    assert (away.status, report_of(away)["status"]) == (200, "degraded")
    checks = report_of(away)["checks"]
    assert (checks["database"]["ok"], checks["kept_answers"]["ok"]) == (False, True)
    assert checks["database"]["last_good"] >= fresh["checks"]["database"]["last_good"]
    assert site.get("/timeline/").status == 200
    clock.now += 601
    too_old = site.get("/readyz")
    assert (too_old.status, report_of(too_old)["status"]) == (503, "unavailable")
    assert int(too_old.headers["retry-after"]) > 0
    assert site.get("/healthz").status == 200


def test_not_ready_without_database_and_kept_answers(client, database_away):  # noqa: F811
    database_away()
    assert client.get("/readyz").status == 503


def test_report_is_made_once_a_second(make_cache, monkeypatch):  # noqa: F811
    monkeypatch.setattr(readiness, "SECONDS_KEPT", 1.0)
    clock, kept = Clock(), make_cache()
    reporter = readiness.ReadinessReporter(clock)
    first = reporter.report(kept)
    clock.now += 0.9
    assert reporter.report(kept) is first
    clock.now += 0.2
    assert reporter.report(kept) is not first


def test_backup_and_restore_are_those_of_the_commands(client, settings, tmp_path):  # noqa: F811
    settings.BACKUP_STATUS = tmp_path / "status.json"

    def checks():
        return report_of(client.get("/readyz"))["checks"]

    assert checks()["backup"] == {"ok": False, "detail": "never", "last_good": None}
    done = {"checksum": "a" * 64, "rows": 1, "size": 1, "made_at": datetime.now(UTC).isoformat()}
    note_backup_event(BackupEvent.BACKUP, **done)
    assert checks()["backup"]["ok"] and not checks()["restore"]["ok"]
    assert report_of(client.get("/readyz"))["status"] == "degraded"
    note_backup_event(BackupEvent.RESTORE, **done)
    assert checks()["restore"]["ok"]
    note_backup_failure(BackupEvent.BACKUP, OSError())
    assert not checks()["backup"]["ok"] and checks()["restore"]["ok"]
    note_backup_event(BackupEvent.BACKUP, **done)
    content = json.loads(settings.BACKUP_STATUS.read_text())
    content["backup"]["at"] = (datetime.now(UTC) - timedelta(days=3)).isoformat()
    settings.BACKUP_STATUS.write_text(json.dumps(content))
    assert not checks()["backup"]["ok"]
    assert checks()["backup"]["last_good"] is not None
    for damaged in ("", "[]", "{", '{"backup": 3}', '{"backup": {"at": "soon"}}', "\udcff"):
        settings.BACKUP_STATUS.write_bytes(damaged.encode("utf-8", "surrogateescape"))
        assert client.get("/readyz").status == 200


def test_full_and_read_only_disks_are_named(client, monkeypatch):  # noqa: F811
    monkeypatch.setattr(readiness, "RESERVE", 10**18)
    assert not report_of(client.get("/readyz"))["checks"]["disk"]["ok"]
    monkeypatch.setattr(readiness, "RESERVE", 0)
    monkeypatch.setattr(readiness.os, "access", lambda path, mode: False)
    disk = report_of(client.get("/readyz"))["checks"]["disk"]
    assert not disk["ok"] and disk["detail"].endswith("read-only")


LINE = re.compile(r'(kb_[a-z_]+)\{process="\d+"(?:,reason="[\w -]+")?\} -?[\d.e+]+')


def test_metrics_are_off_by_default_and_valid(client, settings):  # noqa: F811
    assert client.get("/metrics").status == 404
    settings.METRICS = True
    published(make_event())
    client.get("/timeline/")
    client.get("/timeline/")
    count(Happening.UNAVAILABLE, "full")
    assert background.FETCH_PLACES.take()
    text = client.get("/metrics").text
    background.FETCH_PLACES.leave()
    lines = text.splitlines()
    values = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    assert all(LINE.fullmatch(line) for line in lines if not line.startswith("#"))
    names = {name.partition("{")[0]: value for name, value in values.items()}
    assert (names["kb_kept_answer_hits_total"], names["kb_fetches_open"]) == ("1", "1")
    assert names["kb_publication_version"] == "1"
    assert 'reason="full"' in text
    helped = re.findall(r"^# HELP (\S+) \S", text, re.MULTILINE)
    assert sorted(helped) == sorted(set(helped)) and set(names) == set(helped)


def test_each_metric_has_a_line_in_the_manual(make_cache, pytestconfig):  # noqa: F811
    report = readiness.ReadinessReporter().report(make_cache())
    names = {metric.name for metric in metrics._all_metrics(report)}
    assert len(names) <= 26
    manual = (pytestconfig.rootpath / "docs/operating.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `kb_(\w+)", manual, re.MULTILINE)) == names
