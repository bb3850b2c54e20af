"""Which replicas do not show a publication yet: a withdrawal waits for them, but not for long."""

from __future__ import annotations

import time

from django.db import Error, connections

from kb.record.publication_version import current_number
from kb.record.reader_servers import reader_servers
from kb.record.wall import reading_publicly

MAX_WAIT_SECONDS = 3.0
_PAUSE_SECONDS = 0.05


def late_replicas(number: int, *, seconds: float = MAX_WAIT_SECONDS) -> list[str]:
    """Wait until readers on every replica see the publication version; return those that are late.

    They are named by host and port. A replica that cannot be asked is late: it may come back, or
    answer other machines. The version is asked and not the position in the log (LSN): it is
    replayed in the same moment as what was published, and the role of readers may read it.
    """
    ends_at = time.monotonic() + seconds
    servers = reader_servers()
    waiting = servers.replicas if servers.has_choice else []
    while waiting:
        waiting = [alias for alias in waiting if not _shows(alias, number)]
        if time.monotonic() >= ends_at:
            break
        if waiting:
            time.sleep(_PAUSE_SECONDS)
    return [_address(alias) for alias in waiting]


def _shows(alias: str, number: int) -> bool:
    try:
        with reading_publicly(alias):
            return current_number() >= number
    except Error:
        connections[alias].close()
        return False


def _address(alias: str) -> str:
    settings = connections[alias].settings_dict
    return ":".join(filter(None, (settings["HOST"], settings["PORT"])))
