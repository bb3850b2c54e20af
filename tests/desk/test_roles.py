"""The permissions of the four groups, and the table of them in the handbook."""

from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.urls import reverse

from kb.desk.models.base import WorkflowState
from kb.desk.roles import GROUPS, ROLE_PERMISSIONS, make_groups, rights_table
from kb.record.models import Revision
from tests.desk.admin_forms import fields_of, text_of
from tests.make import make_event, make_statement

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(client, django_user_model):
    """Return a function that logs in as a new member of a group."""

    def of(group, name="somebody"):
        user = django_user_model.objects.create_user(name, is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        client.force_login(user)
        client.user = user
        return client

    return of


def permissions_of(group):
    rows = Permission.objects.filter(group__name=group).select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}" for row in rows}


@pytest.mark.parametrize("group", GROUPS)
def test_groups_have_exactly_the_permissions_of_the_table(group):
    expected = {
        permission
        for _label, permissions, groups in ROLE_PERMISSIONS
        if group in groups
        for permission in permissions
    }
    assert permissions_of(group) == expected


def test_other_permissions_of_a_group_are_kept():
    permission = Permission.objects.get(codename="publish_record")
    Group.objects.get(name="Contributor").permissions.add(permission)
    make_groups()
    assert "desk.publish_record" in permissions_of("Contributor")


def test_migrate_creates_the_groups():
    Group.objects.all().delete()
    call_command("migrate", verbosity=0)
    assert set(Group.objects.values_list("name", flat=True)) == set(GROUPS)


def test_handbook_has_the_permissions_table():
    assert rights_table() in Path("docs/editing.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_contributor_can_send_for_review_but_not_publish(member):
    client, event = member("Contributor"), make_event()
    url = reverse("admin:desk_event_change", args=[event.pk])
    page = client.get(url)
    assert 'name="_publish"' not in page.content.decode()
    page_text = text_of(client.post(url, fields_of(page) | {"_publish": "1"}, follow=True))
    assert "permission to publish. Send it for review" in page_text
    assert not Revision.objects.exists()
    client.post(url, fields_of(client.get(url)) | {"_review": "1"})
    event.refresh_from_db()
    assert event.state == WorkflowState.IN_REVIEW
    review = reverse("admin:desk_event_review", args=[event.pk])
    for button in ("_approve", "_publish"):
        assert client.post(review, {button: "1", "note": "x"}).status_code == 403
    withdrawal = f"{reverse('admin:desk_approval_bulk')}?do=withdraw&row=event:{event.pk}"
    assert client.post(withdrawal, {"note": "x"}).status_code == 403


def test_publisher_can_publish(member):
    client, event = member("Publisher"), make_event()
    url = reverse("admin:desk_event_change", args=[event.pk])
    client.post(url, fields_of(client.get(url)) | {"_publish": "1"})
    assert Revision.objects.filter(public_id=event.public_id).exists()


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_every_group_can_open_the_queue_and_the_forms(member, group):
    client, statement = member(group), make_statement()
    statement.state = WorkflowState.IN_REVIEW
    statement.save()
    queue = client.get(reverse("admin:desk_approval_changelist"))
    assert str(statement) in text_of(queue)
    for name in ("change", "review"):
        url = reverse(f"admin:desk_statement_{name}", args=[statement.pk])
        assert client.get(url).status_code == 200


def test_staff_without_a_group_cannot_use_the_desk(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=True))
    event = make_event()
    for name, args in (("event_review", [event.pk]), ("approval_changelist", [])):
        assert client.get(reverse(f"admin:desk_{name}", args=args)).status_code == 403
