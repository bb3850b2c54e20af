"""Score the security headers of a response, by the scale of scanners of websites.

The scale begins at 100. What a browser would allow to a stranger costs points, and what goes beyond
the usual earns some; a response with no fault has 100 or more.
"""

from __future__ import annotations

from collections.abc import Mapping

HALF_A_YEAR = 15_768_000
PRIVATE_REFERRERS = {"no-referrer", "same-origin", "strict-origin",
                     "strict-origin-when-cross-origin"}  # fmt: skip
FETCHED = ("script-src", "style-src", "img-src", "font-src", "connect-src", "manifest-src")
UNSAFE = ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "data:", "http:", "https:", "*")


def directives(policy: str) -> dict[str, list[str]]:
    """The directives of a Content-Security-Policy by name; the first of a name counts."""
    found: dict[str, list[str]] = {}
    for part in policy.split(";"):
        name, *sources = part.lower().split() or [""]
        if name:
            found.setdefault(name, sources)
    return found


def faults(headers: Mapping[str, str], *, may_be_framed: bool = False) -> dict[str, int]:
    """What the headers lack, each with the points that it costs.

    ``may_be_framed`` excuses a response that other sites may show in a frame from the rules on
    frames and on reading from elsewhere.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    policy = directives(lower.get("content-security-policy", ""))
    costs: dict[str, int] = {}
    if not policy:
        costs["no Content-Security-Policy"] = 25
    elif policy.get("default-src") != ["'none'"]:
        costs["default-src is not 'none'"] = 10
    for name in FETCHED:
        if any(source in UNSAFE for source in policy.get(name, ())):
            costs[f"{name} allows too much"] = 20
    if policy.get("base-uri") != ["'none'"]:
        costs["base-uri is not 'none'"] = 5
    if "form-action" not in policy:
        costs["forms may be sent anywhere"] = 5
    if not may_be_framed and policy.get("frame-ancestors") != ["'none'"]:
        costs["may be framed"] = 20
    if not may_be_framed and lower.get("x-frame-options", "").upper() != "DENY":
        costs["may be framed by old browsers"] = 5
    if lower.get("x-content-type-options") != "nosniff":
        costs["the type may be guessed"] = 5
    seconds = lower.get("strict-transport-security", "").partition("max-age=")[2].partition(";")[0]
    if int(seconds or 0) < HALF_A_YEAR:
        costs["HTTPS is not kept for half a year"] = 20
    if lower.get("referrer-policy") not in PRIVATE_REFERRERS:
        costs["the address goes to other sites"] = 5
    if lower.get("access-control-allow-credentials"):
        costs["other sites may read with cookies"] = 50
    for cookie in (lower.get("set-cookie") or "").splitlines():
        if "secure" not in cookie.lower() or "samesite" not in cookie.lower():
            costs["a cookie without its attributes"] = 20
    return costs


def score(headers: Mapping[str, str], *, may_be_framed: bool = False) -> int:
    """The points of a response: 100 without a fault, and up to 125 with all that is extra."""
    lower = {name.lower(): value for name, value in headers.items()}
    policy = directives(lower.get("content-security-policy", ""))
    costs = faults(headers, may_be_framed=may_be_framed)
    points = 100 - sum(costs.values())
    if costs:
        return max(0, points)
    points += 10 * (policy["default-src"] == ["'none'"])
    points += 5 * (lower["referrer-policy"] in PRIVATE_REFERRERS)
    return points + 10 * (lower.get("cross-origin-resource-policy") == "same-origin")
