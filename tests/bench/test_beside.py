"""Processes beside a measurement end with it, also when it fails."""

from __future__ import annotations

import subprocess

import pytest

from bench.beside import beside

WAITS_FOR_EVER = ["-c", "import time; print('began', flush=True); time.sleep(600)"]


def test_process_ends_with_the_measurement_that_fails():
    with (
        pytest.raises(SystemExit),
        beside(WAITS_FOR_EVER, output=subprocess.PIPE) as process,
    ):
        assert process.stdout.readline() == "began\n"
        raise SystemExit("The measurement failed.")
    assert process.returncode < 0


def test_process_that_has_ended_keeps_what_it_printed_and_its_status():
    command = ["-c", "import os, sys; print(os.environ['PLACE']); sys.exit(3)"]
    with beside(command, output=subprocess.PIPE, environment={"PLACE": "here"}) as process:
        text, _ = process.communicate()
    assert (text, process.returncode) == ("here\n", 3)
