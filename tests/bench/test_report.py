"""The page and the picture of the results: ratios, failures, and other programs."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from bench import report
from bench.chart import LEFT, RIGHT, WIDTH, LogAxis
from bench.results import FILE, add_run, load_results, new_results, runs_of, save_results

SVG = "{http://www.w3.org/2000/svg}"


def page_result(milliseconds, status=200):
    times = {"cpu_ms": milliseconds, "wall_ms": 2 * milliseconds}
    return {"address": "/", "status": status, "size": 9, "rounds": 3, **times}


def run(engine, entries, **pages):
    return {
        "engine": engine,
        "entries": entries,
        "load_average": 0.5,
        "generation": {"seconds": 2.0, "cpu_seconds": 3.0},
        "database_mb": 10.0,
        "pages": {kind: page_result(*times) for kind, times in pages.items()},
        "bare": page_result(0.5),
    }


@pytest.fixture
def results():
    results = new_results("python -m bench --sizes 1000,20000")
    add_run(results, run("sqlite", 20_000, home=(40.0,), timeline=(900.0, 503)))
    add_run(results, run("sqlite", 1_000, home=(20.0,), timeline=(30.0,)))
    add_run(results, run("postgres", 1_000, home=(10.0,)))
    add_run(results, run("postgres", 20_000, home=(25.0,)))
    return results


def test_table_has_the_time_of_the_smallest_record_and_ratios(results):
    rows = report.table(results)
    assert (
        rows[0] == "| Page | SQLite, 1,000 entries | 20,000 | PostgreSQL, 1,000 entries | 20,000 |"
    )
    assert "| home | 20.0 ms | × 2.0 | 10.0 ms | × 2.5 |" in rows
    assert "| timeline | 30.0 ms | status 503 |  |  |" in rows
    assert rows[-1] == "| a bare Django view | 0.5 ms |  | 0.5 ms |  |"


def test_other_programs_are_compared_by_their_ratio(results):
    load = {"requests": 9, "failed": 0, "seconds": 1.0, "size": 9}
    runs_of(results, "sqlite")[1_000]["peers"] = {
        "load": {
            "On the Record": {**load, "per_second": 30.0},
            "Datasette": {**load, "per_second": 60.0},
        },
        "exports": {
            "On the Record": {"seconds": 1.0, "rows_per_second": 1000.0},
            "sqlite3 -csv": {"seconds": 0.1, "rows_per_second": 10000.0},
        },
    }
    (line,) = [line for line in report.peers(results) if "Datasette" in line]
    assert line.startswith("- SQLite, 1,000 entries: generated in 2.0 s (3.0 s of processor time)")
    assert "0.50 × the requests of Datasette" in line
    assert "CSV 0.10 × the rows of sqlite3 -csv" in line


def test_picture_has_a_dot_for_each_ratio_and_the_goal(results):
    picture = ElementTree.fromstring(report.chart(results))  # noqa: S314 - our own
    labels = [title.text for title in picture.iter(f"{SVG}title")]
    assert labels == ["SQLite, 20,000 entries: × 2.0", "PostgreSQL, 20,000 entries: × 2.5"]
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert {"home", "timeline", "goal: × 1.5", "× 1", "× 10"} <= set(texts)
    for circle in picture.iter(f"{SVG}circle"):
        assert 0 <= float(circle.get("cx")) <= WIDTH


def test_axis_is_logarithmic_and_clips():
    axis = LogAxis(0.1, 1000)
    steps = [axis.x(10**power) for power in range(-1, 4)]
    assert steps[0] == LEFT
    assert steps[-1] == WIDTH - RIGHT
    assert steps[2] - steps[1] == pytest.approx(steps[1] - steps[0], abs=0.11)
    assert axis.x(5_000) == axis.x(1_000)


def test_run_of_the_same_size_replaces_the_earlier_one(results):
    add_run(results, run("sqlite", 1_000, home=(11.0,)))
    assert [*runs_of(results, "sqlite")] == [1_000, 20_000]
    assert runs_of(results, "sqlite")[1_000]["pages"]["home"]["cpu_ms"] == 11.0


def test_results_are_read_as_they_were_saved(results, tmp_path):
    save_results(results, tmp_path / "results.json")
    assert load_results(tmp_path / "results.json") == results


def test_documentation_is_what_the_report_writes():
    results = load_results(FILE)
    assert (report.DOCS / "performance.md").read_text(encoding="utf-8") == report.page(results)
    assert (report.DOCS / report.PICTURE).read_text(encoding="utf-8") == report.chart(results)
