"""Processes that work beside a measurement, and end with it whatever happens."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO

from bench.databases import ROOT


@contextmanager
def beside(
    arguments: Sequence[str],
    *,
    output: int | IO[str] | IO[bytes] = subprocess.DEVNULL,
    environment: Mapping[str, str] | None = None,
) -> Iterator[subprocess.Popen[str]]:
    """Run Python with these arguments for the time of the block.

    ``output`` is where it prints, ``environment`` what it has besides that of this process. It is
    killed at the end if it has not ended: whoever waits for a sign to stop would never get it when
    the measurement fails.
    """
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT, env={**os.environ, **(environment or {})}, stdout=output, text=True,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()
