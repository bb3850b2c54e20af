"""The security headers that every response has, for tests of any layer."""

from __future__ import annotations

from collections.abc import Mapping

from kb.middleware import CONTENT_SECURITY_POLICY, EMBED_POLICY, PERMISSIONS_POLICY

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": PERMISSIONS_POLICY,
}


def missing_headers(headers: Mapping[str, str], *, may_be_framed: bool = False) -> list[str]:
    """Return the security headers that are missing or have another value.

    A response that may be framed has either the policy of embeds or that of all other pages.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    expected = dict(ALWAYS)
    if may_be_framed and lower.get("content-security-policy") == EMBED_POLICY:
        expected["cross-origin-resource-policy"] = "cross-origin"
        expected["x-frame-options"] = ""
    else:
        expected["content-security-policy"] = CONTENT_SECURITY_POLICY
        expected["x-frame-options"] = "DENY"
    wrong = [name for name, value in expected.items() if lower.get(name, "") != value]
    if lower.get("cross-origin-resource-policy") not in ("same-origin", "cross-origin"):
        wrong.append("cross-origin-resource-policy")
    return wrong
