"""A server builds a file where it is of use, in another process; a command builds it at once."""

import subprocess

import pytest
from django.core.management import CommandError, call_command

from kb.record.index_changes import note_everything
from kb.record.reading import background, table
from kb.record.reading.current import entry_source
from kb.record.reading.index_source import IndexSource
from kb.record.reading.table import read_table
from kb.record.sql_source import SqlSource
from tests.record.reading.histories import History

pytestmark = pytest.mark.django_db


@pytest.fixture
def processes(monkeypatch, settings):
    """The commands that would have been run."""
    commands = []

    class Process:
        def __init__(self, command, **options):
            commands.append(command)

        def poll(self):
            return 0

    settings.READING_INDEX_BUILDS = True
    monkeypatch.setattr(subprocess, "Popen", Process)
    monkeypatch.setattr(background, "_next_check", 0.0)
    monkeypatch.setattr(background, "_process", None)
    return commands


@pytest.fixture
def history():
    return History(7, entries=4)


def test_small_record_needs_no_file(history, index_path, processes):
    entry_source()
    assert processes == []


def test_large_record_gets_a_file_and_one_process(history, index_path, processes, monkeypatch):
    monkeypatch.setattr(background, "MIN_ENTRIES", 2)
    entry_source()
    entry_source()
    assert [command[-2:] for command in processes] == [["build_reading_index", "--quiet"]]


def test_old_file_is_built_anew(history, build, processes):
    build()
    note_everything()
    entry_source()
    assert len(processes) == 1


def test_file_of_an_earlier_format_is_built_anew(history, build, processes, monkeypatch):
    monkeypatch.setattr(background, "MIN_ENTRIES", 2)
    with monkeypatch.context() as patched:
        patched.setattr(table, "FORMAT", table.FORMAT - 1)
        build()
    assert isinstance(entry_source(), SqlSource)
    assert len(processes) == 1


def test_nothing_is_built_if_the_setting_is_off(history, build, processes, settings):
    settings.READING_INDEX_BUILDS = False
    build()
    history.rebuild()
    entry_source()
    assert processes == []


def test_command_builds_the_file(history, index_path, capsys):
    call_command("build_reading_index")
    assert f"Indexed {len(read_table(index_path))} entries" in capsys.readouterr().out
    assert isinstance(entry_source(), IndexSource)
    call_command("build_reading_index", "--quiet")
    assert capsys.readouterr().out == ""


def test_command_says_what_is_missing(history, index_path, settings):
    with background._build_lock(index_path), pytest.raises(CommandError, match="another process"):
        call_command("build_reading_index")
    settings.READING_INDEX = None
    with pytest.raises(CommandError, match="KB_READING_INDEX"):
        call_command("build_reading_index")
