"""Addresses on the web: which are safe to show, and which are the same."""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

LONGEST = 2048
_PORTS = {"http": 80, "https": 443}
_TRACKING = frozenset({"fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid"})


class LinkError(ValueError):
    """An address that is not shown or kept; the message says what would be right."""


def safe_url(text: str) -> str:
    """The address, if a reader may follow it: http or https, a host, nothing hidden."""
    text = text.strip()
    if len(text) > LONGEST:
        raise LinkError(f"This address is longer than {LONGEST} characters.")
    if any(not one.isprintable() or one.isspace() or one == "\\" for one in text):
        raise LinkError("This address holds a space or a character that cannot be seen.")
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        raise LinkError("This is not an address: write it as https://example.org/page.") from None
    if parts.scheme.lower() not in _PORTS or not host:
        raise LinkError("Write the whole address, beginning with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise LinkError("Remove the user name and password from this address.")
    return text


def canonical_url(text: str) -> str:
    """One spelling for addresses that lead to the same page.

    Host in lower case and ASCII, no default port, fragment or tracking parameter. ``http`` and
    ``https``, ``www`` and none, stay apart: they can be different pages.
    """
    parts = urlsplit(safe_url(text))
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").rstrip(".")
    try:
        host = host.encode("idna").decode() if not host.isascii() else host
    except UnicodeError:
        raise LinkError("The host of this address cannot be read.") from None
    if ":" in host:
        host = f"[{host}]"
    if parts.port not in (None, _PORTS[scheme]):
        host += f":{parts.port}"
    query = parts.query
    kept = parse_qsl(query, keep_blank_values=True)
    wanted = [(name, value) for name, value in kept if not _is_tracking(name)]
    if len(wanted) != len(kept):
        query = urlencode(wanted)
    return urlunsplit((scheme, host, parts.path or "/", query, ""))


def _is_tracking(name: str) -> bool:
    return name.startswith("utm_") or name in _TRACKING


def text_fragment(url: str, exact: str) -> str:
    """The address with a text fragment, so that a browser opens it at the words."""
    words = exact.split()
    if not url or not words:
        return url
    if len(words) > 12:
        start, end = (" ".join(part) for part in (words[:5], words[-5:]))
        return f"{url}#:~:text={_fragment(start)},{_fragment(end)}"
    return f"{url}#:~:text={_fragment(' '.join(words))}"


def _fragment(text: str) -> str:
    return quote(text, safe="").replace("-", "%2D")
