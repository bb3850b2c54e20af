"""A database with at least a row of each kind that only a backup of everything has."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.utils import timezone

from kb.desk.models import SourceText, Upload
from kb.desk.verbs.publishing import publish
from tests.make import make_actor, make_event, make_source, make_statement, published

HOSTILE = "naïve\u2028“𝕏” 🏳️‍🌈 <script> \\ \" ' %s {0} \ttab 字节跳动 مرحبا"


@pytest.fixture
def everything(db, editor, editor_user):
    """Published and private rows, an account with a second factor and a group, and a session."""
    editor_user.groups.add(Group.objects.get(name="Publisher"))
    Authenticator.objects.create(
        user=editor_user, type=Authenticator.Type.TOTP, data={"secret": "abc", "n": [1, 2.5, None]}
    )
    event = make_event(HOSTILE[:150], summary=HOSTILE, happened="2023-05~/2023-08~",
                       happened_phrase="mid-2023")  # fmt: skip
    event.latitude = event.longitude = "12.5"
    published(event)
    event.title = "Corrected"
    event.updated_by = editor_user
    event.save()
    publish(event, by=editor_user, change="correction", note=HOSTILE)
    source = make_source(HOSTILE[:200])
    SourceText.objects.create(source=source, number=1, body=HOSTILE)
    published(make_statement(HOSTILE, speaker=make_actor("字节跳动"), source=source))
    Upload.objects.create(
        sent_by=editor_user, sent_at=timezone.now() - timedelta(hours=1), name="a.csv", content=b"a"
    )
    return event
