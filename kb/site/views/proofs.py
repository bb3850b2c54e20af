"""Proofs of what was published, and the public log that they lead to (docs/proof.md).

The addresses of the log are those of C2SP tlog-tiles below /record/.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kb.record.history import is_tombstone, versions
from kb.record.models import Revision
from kb.record.proof import verifier
from kb.record.proof.appending import TILE_WIDTH
from kb.record.proof.checkpoint import checkpoint_note, checkpoint_of, verifier_key
from kb.record.proof.proofs import NoProof, field_proof, version_proof
from kb.record.proof.tree import current_tree, tile_entries, tile_hashes
from kb.site.http.decorators import data_file, static_response
from kb.site.http.errors import RequestRefused, withdrawn_response
from kb.site.http.parameters import ANY_TEXT, MAX_DIGITS, InvalidParameters, clean_parameters
from kb.site.http.problems import problem_response

PLAIN_TEXT = "text/plain; charset=utf-8"
OCTETS = "application/octet-stream"
PROOF_PARAMETERS = ("id", "version", "field", "size")
# More than a log of any size has.
MAX_LEVELS = 8
# A tile with a certain number of hashes never changes.
FOR_EVER = "public, max-age=31536000, immutable"
_TILE_NUMBER = re.compile(r"((?:x\d{3}/){0,3})(\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


@data_file
def proof(request: HttpRequest) -> HttpResponseBase:
    """The proof of one field, or of all fields, of one version of a record."""
    values = clean_parameters(request, dict.fromkeys(PROOF_PARAMETERS, ANY_TEXT))
    number, size = (_number(request, name, values[name]) for name in ("version", "size"))
    if not values["id"]:
        raise InvalidParameters({"id": _("Give the id of a record.")}, request.GET)
    revision = _revision(request, values["id"], number)
    return _proof_response(request, revision, values["field"], size)


@data_file
def whole_proof(request: HttpRequest, public_id: str, number: int) -> HttpResponseBase:
    """The proof of a whole version, at an address without parameters."""
    clean_parameters(request, {})
    return _proof_response(request, _revision(request, public_id, number), "", None)


@data_file
def checkpoint(request: HttpRequest) -> HttpResponseBase:
    """The size and the root of the log, signed if there is a key."""
    clean_parameters(request, {})
    return HttpResponse(checkpoint_note(checkpoint_of(current_tree())), content_type=PLAIN_TEXT)


@data_file
def log_key(request: HttpRequest) -> HttpResponseBase:
    """The public key of the log; 404 if its checkpoints are not signed."""
    clean_parameters(request, {})
    key = verifier_key()
    if not key:
        return problem_response(request, "not-found")
    return HttpResponse(f"{key}\n", content_type=PLAIN_TEXT)


@data_file
def tile(request: HttpRequest, level: int, number: str) -> HttpResponseBase:
    """The hashes of a tile, 32 bytes each."""
    clean_parameters(request, {})
    position, width = _tile_address(request, number)
    hashes = tile_hashes(level, position)[:width] if level < MAX_LEVELS else []
    return _tile_response(request, hashes, width)


@data_file
def entries(request: HttpRequest, number: str) -> HttpResponseBase:
    """The leaves of a tile, each after its length as two bytes."""
    clean_parameters(request, {})
    position, width = _tile_address(request, number)
    leaves = tile_entries(position)[:width]
    return _tile_response(request, [len(leaf).to_bytes(2) + leaf for leaf in leaves], width)


@require_safe
def verify_program(request: HttpRequest) -> HttpResponseBase:
    """The program that checks proofs, which needs nothing of this site."""
    text = Path(verifier.__file__).read_text(encoding="utf-8")
    response = static_response(request, text, "text/x-python; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="verify.py"'
    return response


def _proof_response(
    request: HttpRequest, revision: Revision, field: str, size: int | None
) -> HttpResponse:
    try:
        content = field_proof(revision, field, size) if field else version_proof(revision, size)
    except NoProof:
        return problem_response(request, "not-found")
    except ValueError:
        message = _("The log did not contain this version when it had this size.")
        raise InvalidParameters({"size": message}, request.GET) from None
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text.encode(), content_type="application/json")


def _revision(request: HttpRequest, public_id: str, number: int | None) -> Revision:
    """The version, the current one for None. Raises RequestRefused with 404 or 410."""
    current = Revision.objects.current().filter(public_id=public_id).first()
    if current is None:
        raise RequestRefused(problem_response(request, "not-found"))
    if is_tombstone(current):
        raise RequestRefused(withdrawn_response(request, current))
    if number is None:
        return current
    revision = versions(public_id).filter(number=number).first()
    if revision is None or is_tombstone(revision):
        raise RequestRefused(problem_response(request, "not-found"))
    return revision


def _number(request: HttpRequest, name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise InvalidParameters({name: _("Give a whole number.")}, request.GET)
    return int(text)


def _tile_address(request: HttpRequest, number: str) -> tuple[int, int]:
    """The number and the width of a tile. Raises RequestRefused if this is not how it is spelt."""
    match = _TILE_NUMBER.fullmatch(number)
    if match is None or match[1].startswith("x000/") or int(match[3] or 1) >= TILE_WIDTH:
        raise RequestRefused(problem_response(request, "not-found"))
    return int(re.sub("[x/]", "", match[1] + match[2])), int(match[3] or TILE_WIDTH)


def _tile_response(request: HttpRequest, parts: list[bytes], width: int) -> HttpResponseBase:
    if len(parts) < width:
        return problem_response(request, "not-found")
    response = HttpResponse(b"".join(parts), content_type=OCTETS)
    response.headers["Cache-Control"] = FOR_EVER
    return response
