"""A reading index in a folder of its own."""

import pytest

from kb.record.reading import current
from kb.record.reading.background import build_file


@pytest.fixture
def index_path(tmp_path, settings):
    """Where the index of a test is; readers use it once it is built."""
    path = tmp_path / "reading.index"
    settings.READING_INDEX = path
    yield path
    current._readers.clear()


@pytest.fixture
def build(index_path):
    """Build the file from the record as it is."""
    return lambda: build_file(index_path)
