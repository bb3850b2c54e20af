"""An index that answers whatever the record is, for ``pytest --reading-index``."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections

from kb.record.reading.build import current_state, table_from_record
from kb.record.reading.current import changes_since
from kb.record.reading.index import ReadingIndex, index_of, with_changes


class AlwaysCurrent:
    """Made from the record where the change log does not lead to its state."""

    index: ReadingIndex | None = None

    def current(self) -> ReadingIndex | None:
        """The index; None if the record has no change log."""
        with uncounted():
            state = current_state()
            if state is None:
                return None
            index = type(self).index
            if index is None or index.state != state:
                changes = changes_since(index.state, state) if index else None
                if index and changes is not None:
                    index = with_changes(index, changes, state)
                else:
                    table = table_from_record()
                    index = index_of(table) if table else None
                type(self).index = index
            return index


@contextmanager
def uncounted() -> Iterator[None]:
    """Leave queries of this block out of those that tests count."""
    logs = [connection.queries_log for connection in connections.all(initialized_only=True)]
    lengths = [len(log) for log in logs]
    yield
    for log, length in zip(logs, lengths, strict=True):
        while len(log) > length:
            log.pop()
