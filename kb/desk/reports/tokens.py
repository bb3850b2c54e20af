"""Tokens: of a form that was opened, and of the private page of a report.

The token of a form says when it was opened, and is signed. The token of the page is computed from
it and from what was sent: the same form sent twice leads to the same page, and its token need not
be stored, only its digest.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

# Nobody has read the form and written a report in less time.
MIN_AGE = timedelta(seconds=3)
MAX_AGE = timedelta(days=1)
_SALT = "kb.desk.reports"


def new_form_token() -> str:
    """A token for a form that is opened now."""
    return _signer().sign(secrets.token_urlsafe(16))


def is_genuine(token: str) -> bool:
    """Whether this is the token of a form of this site which is not too old."""
    try:
        _signer().unsign(token, max_age=MAX_AGE)
    except BadSignature:
        return False
    return True


def token_problem(token: str) -> str:
    """What to do if a form with this token cannot be accepted yet; "" if it can."""
    if not is_genuine(token):
        return _("The form was open for too long. Check your text and send it again.")
    try:
        _signer().unsign(token, max_age=MIN_AGE)
    except SignatureExpired:
        return ""
    return _("That was very fast. Check your text, wait a moment and send it again.")


def ticket_token(form_token: str, content: Sequence[str]) -> str:
    """The token of the page of a report: 43 characters that nobody can guess."""
    seed = json.dumps([form_token, *content])
    digest = salted_hmac(f"{_SALT}.ticket", seed, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def ticket_digest(token: str) -> str:
    """What is stored of the token of a page."""
    return hashlib.sha256(token.encode()).hexdigest()


def _signer() -> TimestampSigner:
    return TimestampSigner(salt=f"{_SALT}.form")
