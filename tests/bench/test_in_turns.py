"""Of several measurements of a page the least time counts."""

from __future__ import annotations

import json

import pytest

from bench import in_turns


def run_of(entries, cpu_ms, wall_ms=9.0):
    timing = {"status": 200, "size": 10, "cpu_ms": cpu_ms, "wall_ms": wall_ms, "rounds": 3}
    return {
        "engine": "sqlite",
        "entries": entries,
        "load_average": cpu_ms,
        "generation": {"seconds": 1.0, "cpu_seconds": 1.0},
        "database_mb": 1.0,
        "pages": {"home": {"address": "/", **timing}},
        "bare": timing,
    }


def test_least_times_of_two_measurements_count():
    run = in_turns.least(run_of(1_000, 4.0, 8.0), run_of(1_000, 3.0))
    assert (run["pages"]["home"]["cpu_ms"], run["pages"]["home"]["wall_ms"]) == (3.0, 8.0)
    assert (run["bare"]["cpu_ms"], run["load_average"]) == (3.0, 3.0)
    assert "1.50" in in_turns.table(run, run_of(1_000_000, 4.5))


@pytest.mark.parametrize("is_new", [True, False])
def test_sizes_are_measured_in_turns_and_stored(is_new, tmp_path, monkeypatch, capsys):
    measured = []

    def measure(size, _generation, _kinds, _environment):
        measured.append(size)
        return run_of(size, len(measured))

    results = tmp_path / "results.json"
    if not is_new:
        old = [run_of(20_000, 1.0), {**run_of(1_000, 9.0), "engine": "postgres"}]
        results.write_text(json.dumps({"runs": old}))
    monkeypatch.setattr(in_turns, "generate", lambda *_: {"seconds": 1.0, "cpu_seconds": 1.0})
    monkeypatch.setattr(in_turns, "_measured", measure)
    arguments = [
        "--folder",
        str(tmp_path),
        "--sizes=10,20",
        "--rounds=2",
        "--results",
        str(results),
    ]
    monkeypatch.setattr("sys.argv", ["in_turns", *arguments])
    in_turns.main()
    assert measured == [10, 20, 10, 20]
    assert "home" in capsys.readouterr().out
    stored = json.loads(results.read_text())["runs"]
    others = [] if is_new else [("postgres", 1_000)]
    assert [(run["engine"], run["entries"]) for run in stored] == [
        *others,
        ("sqlite", 10),
        ("sqlite", 20),
    ]
    assert stored[-1]["pages"]["home"]["cpu_ms"] == 2
