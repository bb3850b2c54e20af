"""The list of a mirror, its signature, and what is found out offline."""

from __future__ import annotations

import base64
from io import StringIO
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from kb.mirror.manifest import MANIFEST, SIGNATURE, ManifestHead, file_entry, write_manifest
from kb.mirror.manifest import write_signature as sign_manifest
from kb.record.signing import Signature, is_signed, public_key_of, sign, signing_key

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
FILES = {"index.html": b"home", "events/a/index.html": b"a", "events/a.md": b"b"}


def make_mirror(folder: Path) -> None:
    for path, content in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    entries = [file_entry(folder, path) for path in sorted(FILES)]
    head = ManifestHead(1, "https://record.example", 7, "", "2026-01-01", 1, len(entries), 6)
    sign_manifest(folder / SIGNATURE, KEY, write_manifest(folder / MANIFEST, head, entries))


@pytest.fixture
def mirror(tmp_path) -> Path:
    make_mirror(tmp_path)
    return tmp_path


def verified(folder: Path, key: str = "") -> str:
    output = StringIO()
    call_command("verify_export", str(folder), key=key, stdout=output)
    return output.getvalue()


def test_mirror_that_is_whole_is_verified(mirror):
    assert "3 files are as they were exported from https://record.example" in verified(mirror)
    assert public_key_of(KEY) in verified(mirror, public_key_of(KEY))


@pytest.mark.parametrize("path", [*FILES, MANIFEST])
def test_each_changed_byte_is_found(mirror, path):
    content = (mirror / path).read_bytes()
    for place in range(0, len(content), 7):
        changed = bytes([content[place] ^ 1])
        (mirror / path).write_bytes(content[:place] + changed + content[place + 1 :])
        with pytest.raises(CommandError):
            verified(mirror)


def test_missing_and_additional_files_are_named(mirror):
    (mirror / "events/a.md").unlink()
    (mirror / "events/b.md").write_bytes(b"")
    with pytest.raises(CommandError) as error:
        verified(mirror)
    assert "events/a.md: missing" in str(error.value)
    assert "events/b.md: not in export.json" in str(error.value)


def test_another_key_and_no_signature_are_refused_if_a_key_is_named(mirror):
    other = public_key_of(Ed25519PrivateKey.generate())
    with pytest.raises(CommandError, match="another key"):
        verified(mirror, other)
    (mirror / SIGNATURE).unlink()
    assert "not signed" in verified(mirror)
    with pytest.raises(CommandError, match="no signature"):
        verified(mirror, other)


def test_list_that_names_files_outside_is_refused(mirror):
    text = (mirror / MANIFEST).read_text().replace("events/a.md", "../../etc/passwd")
    (mirror / MANIFEST).write_text(text)
    with pytest.raises(CommandError, match="outside the mirror"):
        verified(mirror)


def test_signature_is_one_of_its_message_and_its_context():
    signature = sign(KEY, b"a", b"message")
    assert is_signed(signature, b"a", b"message")
    assert not is_signed(signature, b"b", b"message")
    assert not is_signed(signature, b"a", b"another")
    assert not is_signed(Signature(signature.public_key, "AAAA"), b"a", b"message")
    assert not is_signed(Signature("no key", signature.signature), b"a", b"message")


def test_key_is_read_from_the_settings_and_never_repeated(settings):
    settings.SIGNING_KEY = ""
    assert signing_key() is None
    settings.SIGNING_KEY = base64.b64encode(bytes(range(32))).decode()
    assert public_key_of(signing_key()) == public_key_of(KEY)
    settings.SIGNING_KEY = "a secret that is no key"
    with pytest.raises(ImproperlyConfigured) as error:
        signing_key()
    assert "a secret" not in str(error.value)
