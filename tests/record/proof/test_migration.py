"""An upgrade gives a leaf to everything that was published before there was a log."""

from __future__ import annotations

import pytest

from kb.record.log_models import LogLeaf
from kb.record.models import Revision
from kb.record.proof.verify import log_errors
from tests.make import make_event, make_statement, published
from tests.migrating import migrated_back

BEFORE = ("record", "0030_add_suppressions")


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_upgrade_logs_earlier_versions_in_their_order():
    published(make_event())
    published(make_statement())
    with migrated_back(BEFORE):
        pass
    assert not list(log_errors())
    logged = list(LogLeaf.objects.order_by("position").values_list("revision_id", flat=True))
    assert logged == list(Revision.objects.order_by("pk").values_list("pk", flat=True))
