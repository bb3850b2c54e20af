"""The public log as files, and proofs that are given only of what readers may see."""

from __future__ import annotations

import base64
import json

import pytest

from kb.desk.verbs.publishing import publish, withdraw
from kb.record.log_models import LogLeaf, LogNode
from kb.record.models import Revision
from kb.record.proof.checkpoint import current_checkpoint
from kb.record.proof.forgetting import forget_commitments
from kb.record.proof.hashing import leaf_hash, tree_root
from tests.make import make_event, make_statement, published
from tests.record.proof.proving import proves, proves_itself, run_verifier

pytestmark = pytest.mark.django_db


@pytest.fixture
def statement():
    return published(make_statement("We did it."))


def proof_path(thing, **parameters):
    pairs = "&".join(f"{name}={value}" for name, value in parameters.items())
    return f"/record/proof.json?id={thing.public_id}" + (f"&{pairs}" if pairs else "")


def test_quotation_is_proven_by_downloaded_files_alone(reader, statement, tmp_path):
    response = reader.get(proof_path(statement, field="text"))
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    # The words are what the reader has already.
    assert "We did it." not in response.text
    program = reader.get("/record/verify.py")
    assert program["Content-Disposition"] == 'attachment; filename="verify.py"'
    (tmp_path / "verify.py").write_text(program.text, encoding="utf-8")
    checkpoint = reader.get("/timeline.json").json()["checkpoint"]
    result = run_verifier(response.text, checkpoint, "We did it.", program=tmp_path / "verify.py")
    assert result.returncode == 0, result.stderr


def test_proof_of_one_quotation_has_a_kilobyte_at_most(reader, statement):
    response = reader.get(proof_path(statement, field="text"))
    proof = response.json()
    # Salt, root of the other fields, and the 20 hashes of a million versions, in base85.
    largest = {**proof, "index": 999_999, "size": 1_000_000, "hashes": "0" * (22 * 40)}
    largest["leaf"] = ["correction", 99, statement.public_id, "statement", 99, proof["leaf"][5]]
    assert len(json.dumps(largest, separators=(",", ":"))) <= 1024
    assert len(response.content) < 400


def test_proof_of_a_version_has_all_its_fields(reader, statement):
    page = reader.get(f"/statements/{statement.slug}/history/1/").text
    path = f"/record/proofs/{statement.public_id}/1.json"
    assert f'href="{path}"' in page
    proofs = reader.get(path).json()
    assert proves_itself(proofs)
    values = {proof["field"]: proof["value"] for proof in proofs}
    assert values["text"] == "We did it."
    assert values["slug"] == statement.slug
    assert proofs == reader.get(proof_path(statement, version=1)).json()


def test_proof_leads_to_an_older_checkpoint(reader, statement):
    checkpoint = current_checkpoint()
    published(make_event())
    proof = reader.get(proof_path(statement, field="text", size=checkpoint.size)).json()
    assert proof["size"] == checkpoint.size
    assert proves(proof, "We did it.", checkpoint.short)
    assert not proves(proof, "We did it.")
    assert reader.get(proof_path(statement, size=999)).status_code == 400
    assert reader.get(proof_path(statement, size=1, field="text")).status_code == 400


def test_withdrawn_record_has_no_proof(reader, statement):
    withdraw(statement, by=None, note="It was never said.")
    for path in (
        proof_path(statement),
        proof_path(statement, version=1, field="text"),
        f"/record/proofs/{statement.public_id}/1.json",
    ):
        response = reader.get(path)
        assert response.status_code == 410
        assert response.json()["withdrawn"]["reason"] == "It was never said."
        assert "We did it." not in response.text


def test_forgotten_field_has_no_proof(reader, statement):
    forget_commitments(Revision.objects.get(public_id=statement.public_id), ["text"])
    assert reader.get(proof_path(statement, field="text")).status_code == 404
    fields = [proof["field"] for proof in reader.get(proof_path(statement)).json()]
    assert "text" not in fields
    assert "title" in fields
    assert reader.get(proof_path(statement, field="title")).status_code == 200


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 400),
        ("id=", 400),
        ("id=nothing", 404),
        ("id={id}&field=nothing", 404),
        ("id={id}&version=9", 404),
        ("id={id}&version=x", 400),
        ("id={id}&size=-1", 400),
        ("id={id}&colour=red", 400),
    ],
)
def test_proof_of_nothing_is_a_problem(reader, statement, query, status):
    response = reader.get(f"/record/proof.json?{query.format(id=statement.public_id)}")
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"


def test_checkpoint_is_the_root_of_the_entries(reader, statement):
    published(make_event())
    size = LogLeaf.objects.count()
    note = reader.get("/record/checkpoint")
    assert note["Content-Type"] == "text/plain; charset=utf-8"
    assert int(note.text.split("\n")[1]) == size
    data = reader.get(f"/record/tile/entries/000.p/{size}").content
    hashes = []
    while data:
        length = int.from_bytes(data[:2])
        hashes.append(leaf_hash(data[2 : 2 + length]))
        data = data[2 + length :]
    assert base64.b64encode(tree_root(hashes)).decode() == note.text.split("\n")[2]
    assert reader.get(f"/record/tile/0/000.p/{size}").content == b"".join(hashes)


def test_tile_never_changes(reader, statement):
    size = LogLeaf.objects.count()
    path = f"/record/tile/0/000.p/{size}"
    before = reader.get(path)
    assert before["Cache-Control"] == "public, max-age=31536000, immutable"
    published(make_event())
    assert reader.get(path).content == before.content


def test_tile_of_a_higher_level_has_its_hashes(reader):
    LogNode.objects.bulk_create(
        LogNode(level=1, position=number, hash=number.to_bytes(32)) for number in range(258)
    )
    assert len(reader.get("/record/tile/1/000").content) == 256 * 32
    assert reader.get("/record/tile/1/001.p/2").content[31] == 0
    assert reader.get("/record/tile/1/001").status_code == 404


@pytest.mark.parametrize(
    "number",
    ["0", "000", "000.p/0", "000.p/01", "000.p/256", "x000/000.p/1", "1000", "000.p/200", "a/000"],
)
def test_tile_that_does_not_exist_is_not_found(reader, statement, number):
    for start in ("0", "entries", "9", "99"):
        assert reader.get(f"/record/tile/{start}/{number}").status_code == 404


def test_key_is_public_if_there_is_one(reader, settings):
    assert reader.get("/record/key").status_code == 404
    settings.SIGNING_KEY = base64.b64encode(bytes(32)).decode()
    name, _key_id, _public = reader.get("/record/key").text.strip().split("+", 2)
    assert name == reader.get("/record/checkpoint").text.split("\n")[0]


def test_every_export_and_feed_has_the_checkpoint(reader, statement):
    checkpoint = current_checkpoint().short
    for path in ("/timeline.csv", "/timeline.jsonl", "/timeline.ics", "/actors.csv"):
        assert reader.get(path)["Record-Checkpoint"] == checkpoint
    for path in ("/timeline.json", "/timeline.atom", "/changes.atom", "/timeline.md"):
        response = reader.get(path)
        assert response["Record-Checkpoint"] == checkpoint
        text = response.getvalue().decode()
        assert checkpoint.split()[1][:20] in text.replace("\\", "").replace("&#61;", "=")
    feed = reader.get("/timeline.feed.json").json()
    assert feed["_record"]["checkpoint"] == checkpoint
    published(make_event())
    assert reader.get("/timeline.csv")["Record-Checkpoint"] == current_checkpoint().short


def test_frozen_list_shows_the_checkpoint(reader, statement):
    path = reader.post("/views/", {"query": ""})["Location"]
    for address in (path, f"{path}print/"):
        assert current_checkpoint().short in reader.get(address).text


def test_versions_of_one_record_have_proofs_of_their_own(reader):
    event = published(make_event("It began"))
    event.title = "It went on"
    event.save()
    publish(event, by=None, change="correction", note="It was wrong.")
    for number, title in ((1, "It began"), (2, "It went on")):
        proof = reader.get(proof_path(event, version=number, field="title")).json()
        assert proof["leaf"][4] == number
        assert proves(proof, title)
    whole = json.dumps(reader.get(proof_path(event)).json())
    assert "It was wrong." in whole
