"""What the writers print is counted: acknowledged, lost and refused saves."""

from __future__ import annotations

from bench.writers import Saves, lost_saves, read_output


def test_output_of_a_writer_is_read_and_its_newest_version_counts(tmp_path):
    output = tmp_path / "writer-0"
    output.write_text(
        "abc 2 1.50\nabc 3 2.00\nfailed database is locked\nrefused /timeline/ 503\n",
        encoding="utf-8",
    )
    saves = Saves()
    read_output(output, saves)
    assert saves.versions == {"abc": 3}
    assert saves.milliseconds == [1.5, 2.0]
    assert saves.failures == ["database is locked"]
    assert saves.pages_refused == 1


def test_acknowledged_save_that_is_not_stored_is_lost():
    saves = Saves(versions={"whole": 3, "newer": 2, "older": 5, "missing": 1})
    assert lost_saves(saves, {"whole": 3, "newer": 3, "older": 4}) == ["older", "missing"]
