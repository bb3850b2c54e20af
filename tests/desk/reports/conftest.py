"""Forms that are sent as soon as they were opened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kb.desk.reports import tokens


@pytest.fixture(autouse=True)
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Accept a form that was opened in the same second."""
    monkeypatch.setattr(tokens, "MIN_AGE", timedelta(seconds=-1))
