"""A hundred corrupted backups: each is refused with a sentence, before anything is stored."""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kb.desk.full_backup.archive import MIN_RATIO_BYTES, opened_backup
from kb.desk.full_backup.manifest import InvalidBackup
from kb.desk.full_backup.writing import write_backup
from tests.desk.full_backup.archives import members, resealed, sealed, with_manifest

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_database]


def flipped(path: Path, target: Path, chance: random.Random) -> Iterator[Path]:
    """A byte changed anywhere: in a row, a header, the directory, the seal."""
    whole = path.read_bytes()
    places = [chance.randrange(len(whole)) for _ in range(37)] + [0, len(whole) - 1, -200, -75]
    for place in places:
        altered = bytearray(whole)
        altered[place] ^= 1 << chance.randrange(8)
        target.write_bytes(altered)
        yield target


def truncated(path: Path, target: Path, chance: random.Random) -> Iterator[Path]:
    """The end is missing, or there is more after it."""
    whole = path.read_bytes()
    for length in [0, 1, 70, 71, 72, len(whole) - 1, *chance.sample(range(len(whole)), 10)]:
        target.write_bytes(whole[:length])
        yield target
    for more in (b"\0", whole):
        target.write_bytes(whole + more)
        yield target


def forged(path: Path, target: Path, chance: random.Random) -> Iterator[Path]:
    """Archives with a valid seal, whose members are not those of the manifest."""
    contents = members(path)
    tables = [name for name in contents if name.startswith("tables/")]
    filled = [name for name in tables if contents[name]]
    for name in chance.sample(tables, 8):
        yield sealed(target, [item for item in contents.items() if item[0] != name])
    for first, second in zip(filled[:6], filled[1:7], strict=True):
        swap = {first: contents[second], second: contents[first]}
        yield sealed(target, list((contents | swap).items()))
    for name in chance.sample(filled, 5):
        lines = contents[name].splitlines(keepends=True)
        yield sealed(target, list((contents | {name: b"".join(lines[:-1])}).items()))
        changed = contents[name].replace(b"1", b"2", 1).replace(b"0", b"3", 1) + b" "
        yield sealed(target, list((contents | {name: changed[: len(contents[name])]}).items()))
    for name in ("../../etc/passwd", "/etc/passwd", "tables/../x", "tables\\x", "tables/", "é\n"):
        yield sealed(target, [*contents.items(), (name, b"")])
    yield sealed(target, [item for item in contents.items() if item[0] != "manifest.json"])
    yield sealed(target, list(contents.items()), compression=zipfile.ZIP_STORED)
    yield sealed(target, list(contents.items()), compression=zipfile.ZIP_LZMA)
    yield sealed(target, [("tables/auth_user.jsonl", b"[]\n"), *contents.items()][::-1])
    for manifest in (b"", b"[]", b"{", b"[" * 100_000, b"\xff", b'{"format": 1}', b" " * 5_000_000):
        yield sealed(target, list((contents | {"manifest.json": manifest}).items()))
    for changes in (
        {"version": 0}, {"version": "1"}, {"tables": 7}, {"migrations": None}, {"made_at": "now"},
        {"publication_version": -1},
    ):  # fmt: skip
        manifest = json.loads(contents["manifest.json"]) | changes
        changed = json.dumps(manifest).encode()
        yield sealed(target, list((contents | {"manifest.json": changed}).items()))
    yield bomb(target, contents)
    target.write_bytes(b"PK\x05\x06" + bytes(200) + b"sha256:" + b"0" * 64)
    yield resealed(target)


def bomb(target: Path, contents: dict[str, bytes]) -> Path:
    """A table of zeros that fits its digest, and unpacks to a thousand times its size."""
    manifest = json.loads(contents["manifest.json"])
    size = MIN_RATIO_BYTES + 1
    zeros = bytes(size)
    (table,) = [table for table in manifest["tables"] if table["name"] == "desk_actor"]
    table |= {"rows": 1, "bytes": size, "sha256": hashlib.sha256(zeros).hexdigest()}
    return with_manifest(
        target, contents | {"tables/desk_actor.jsonl": zeros}, tables=manifest["tables"]
    )


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_every_corrupted_backup_is_refused(everything, tmp_path, record_property):
    path, target = tmp_path / "a.zip", tmp_path / "b.zip"
    write_backup(path)
    chance, messages = random.Random(1912), []
    for corrupt in (flipped, truncated, forged):
        for number, altered in enumerate(corrupt(path, target, chance)):
            with (
                pytest.raises(InvalidBackup) as refusal,
                opened_backup(altered) as backup,
            ):
                backup.check()
                pytest.fail(f"{corrupt.__name__} {number} was accepted")
            messages.append(str(refusal.value))
    record_property("damaged backups refused", len(messages))
    assert len(messages) >= 100
    assert all(message[0].isupper() and message.endswith(".") for message in messages)
    assert any("500 times larger" in message for message in messages)
    assert any("'../../etc/passwd', which is not part of a backup" in text for text in messages)
    with opened_backup(path) as backup:
        backup.check()


def test_command_refuses_with_one_sentence(everything, tmp_path):
    path = tmp_path / "a.zip"
    write_backup(path)
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)
    for options in ({"check": True}, {"replace": True}, {}):
        with pytest.raises(CommandError, match=r"Nothing was changed\. The file was damaged"):
            call_command("restore", str(path), **options)
    with pytest.raises(CommandError, match="Cannot read .*No such file"):
        call_command("restore", str(tmp_path / "nothing"), check=True)
