"""URLs: which may be shown, which lead to the same page, and how to link to a passage.

The rules for the same page were tested on 1,801 spellings of 584 real addresses:

- ``http`` and ``https``, with and without ``www``, with and without a slash at the end stay
  different. Most such pairs are one page, but not all, and a wrong merge cannot be reversed.
- Tracking parameters are removed. Without them, 493 of the 584 have one spelling left. ``ref``,
  ``source`` and ``via`` are kept, because on some sites they choose the page. The order of the
  other parameters is kept.
- The fragment is removed, because it is a position on the page, unless it begins with ``!`` or
  ``/``: then scripts read from it which page to show.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import SplitResult, quote, unquote_plus, urlsplit

from kb.text.ip_addresses import (
    DEFAULT_PORTS,
    AllowedNetwork,
    is_allowed,
    is_public_address,
)

MAX_URL_LENGTH = 2048
# Parameters that only tell where a click came from, by the program that adds them.
_TRACKING = re.compile(
    r"""utm_.* | _ga | _gl                  # Google Analytics: campaigns, links between domains
    | gclid | gclsrc | gbraid | wbraid      # Google Ads
    | dclid                                 # Google Campaign Manager
    | msclkid                               # Microsoft Advertising
    | yclid | _openstat                     # Yandex Direct, Openstat
    | fbclid                                # Facebook
    | igshid | igsh                         # Instagram
    | twclid | ref_src                      # X: advertisements, embedded posts
    | ttclid                                # TikTok
    | li_fat_id                             # LinkedIn
    | spm_id_from                           # Bilibili
    | mc_cid | mc_eid                       # Mailchimp
    | mkt_tok                               # Adobe Marketo
    | s_cid                                 # Adobe Analytics
    | _hsenc | _hsmi | __hs(?:sc|tc|fp)     # HubSpot
    | vero_id                               # Vero
    | oly_(?:anon|enc)_id                   # Omeda""",
    re.VERBOSE | re.IGNORECASE,
)
# Characters that are not allowed in a URL; browsers and mail programs treat them differently. They
# read a backslash as a slash, which moves the end of the host.
_FORBIDDEN = re.compile(r"[\s\\\x00-\x20\x7f-\xa0\u00ad\ud800-\udfff]")
_INVISIBLE = ("Cc", "Cf", "Cs", "Cn", "Zs", "Zl", "Zp")
_TO_ENCODE = re.compile(r'["<>^`{|}]')
_SECOND_ADDRESS = re.compile(r"\|\s*https?:", re.IGNORECASE)
# Names that are never public hosts (RFC 6761, RFC 6762, RFC 8375, and ICANN).
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa", ".test", ".invalid")
_FULL_STOPS = re.compile("[。．｡]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# A longer passage is given by its first and last words.
_MAX_FRAGMENT_LENGTH = 120
_END_LENGTH = 40
_ASCII_ESCAPES = {code: quote(chr(code), safe="").replace("-", "%2D") for code in range(128)}
_GAP = re.compile(r"\[\s*(?:…|\.\.\.)\s*\]|…|\.{3}|\n")


class LinkError(ValueError):
    """An address that is not accepted. The message says what to enter instead."""


def safe_url(text: str) -> str:
    """Return the address, stripped, if readers may follow it. Raises LinkError otherwise.

    It must have the scheme http or https, a host that can be public, no user name or password, no
    invisible characters, and at most 2,048 characters. Some characters that are common in
    addresses but not valid there are encoded. The host is not contacted, and a private network is
    not refused here: see ``is_private_url``.
    """
    text = text.strip()
    if len(text) > MAX_URL_LENGTH:
        raise LinkError(f"The URL is longer than {MAX_URL_LENGTH:,} characters.")
    if _FORBIDDEN.search(text) or _has_invisible(text):
        raise LinkError("The URL contains a space or an invisible character. Remove it.")
    if _SECOND_ADDRESS.search(text):
        raise LinkError("Enter only one URL. Add a separate source for each URL.")
    parts = _split(text)
    if parts.scheme.lower() not in DEFAULT_PORTS or not parts.hostname:
        raise LinkError("Enter the full URL, starting with https:// or http://.")
    if "@" in parts.netloc:
        raise LinkError("Remove the username and password from the URL.")
    _host(parts.hostname)
    return _within_limit(_TO_ENCODE.sub(lambda match: f"%{ord(match[0]):02X}", text))


def _has_invisible(text: str) -> bool:
    if text.isascii() and text.isprintable():
        return False
    return any(unicodedata.category(character) in _INVISIBLE for character in text)


def is_private_url(url: str, allowed: Sequence[AllowedNetwork] = ()) -> bool:
    """Whether an address, as written, can only lead into a private network.

    Networks in ``allowed`` count as public, on their ports. Host names are not resolved. A host
    that ``safe_url`` refuses is private, such as ``localhost`` and ``0x7f.1``.
    """
    parts = urlsplit(url)
    try:
        host = _host(parts.hostname or "")
    except LinkError:
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.endswith(_PRIVATE_SUFFIXES)
    port = DEFAULT_PORTS.get(parts.scheme, 0) if parts.port is None else parts.port
    return not is_public_address(address) and not is_allowed(address, port, allowed)


def canonical_url(text: str) -> str:
    """Return one spelling for all addresses of the same page, by the rules of this module.

    Scheme and host in lower case, the host in its ASCII form and without a dot at its end; no
    default port, tracking parameter or fragment that is only a position; ``/../`` resolved;
    percent escapes in capitals, and only where they are needed. The result of a second call is the
    same. Raises LinkError as ``safe_url`` does.
    """
    parts = _split(safe_url(text))
    scheme = parts.scheme.lower()
    host = _host(parts.hostname or "")
    if parts.port not in (None, DEFAULT_PORTS[scheme]):
        host += f":{parts.port}"
    path = _without_dots(_escaped(parts.path)) or "/"
    parameters = [pair for pair in without_tracking(parts.query).split("&") if pair]
    query = _escaped("&".join(parameters))
    fragment = _escaped(parts.fragment) if parts.fragment[:1] in ("!", "/") else ""
    whole = f"{scheme}://{host}{path}" + (f"?{query}" if query else "")
    return _within_limit(whole + (f"#{fragment}" if fragment else ""))


def without_tracking(query: str) -> str:
    """Return a query string without its tracking parameters, and otherwise unchanged.

    A query string of other parameters alone comes back as it is, so its meaning cannot change.
    """
    pairs = query.split("&")
    others = [pair for pair in pairs if not _is_tracking(pair)]
    return query if len(others) == len(pairs) else "&".join(others)


def address_key(url: str) -> str:
    """Return what two addresses of probably one page have in common; "" for no address.

    Without scheme, ``www.``, a slash at the end and tracking parameters. Only to propose doubles to
    an editor: most such pairs are one page, but not all.
    """
    try:
        parts = urlsplit(canonical_url(url))
    except LinkError:
        return ""
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}{query}#{parts.fragment}"


def text_fragment(url: str, exact: str) -> str:
    """Return the address with a text fragment, so that a browser opens it at the passage ``exact``.

    A passage that is long, has several lines or an omission (…, [...]) is given by its first and
    last words, because a browser searches for words within one block only. If ``exact`` or ``url``
    is empty, ``url`` is returned unchanged. ``url`` must have passed ``safe_url``.
    """
    pieces = [" ".join(piece.split()) for piece in _GAP.split(exact.strip())]
    pieces = [piece for piece in pieces if piece]
    if not url or not pieces:
        return url
    separator = ":~:text=" if "#" in url else "#:~:text="
    if len(pieces) == 1 and len(pieces[0]) <= _MAX_FRAGMENT_LENGTH:
        return url + separator + _fragment(pieces[0])
    start, end = _beginning(pieces[0]), _beginning(pieces[-1][::-1])[::-1]
    return f"{url}{separator}{_fragment(start)},{_fragment(end)}"


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port, parts.hostname
    except ValueError:
        raise LinkError("This is not a valid URL. Enter it as https://example.org/page.") from None
    return parts


def _within_limit(url: str) -> str:
    if len(url) > MAX_URL_LENGTH:
        raise LinkError(f"The URL is longer than {MAX_URL_LENGTH:,} characters when encoded.")
    return url


def _host(host: str) -> str:
    """The host in its ASCII form. Raises LinkError when no public site can have it."""
    if ":" in host:
        return f"[{_ip(host)}]"
    host = _FULL_STOPS.sub(".", host).removesuffix(".")
    labels = [_label(label) for label in host.split(".")]
    if labels[-1].isdigit() or re.match(r"0x[0-9a-f]*\Z", labels[-1]):
        # Browsers read 0x7f.1 and 2130706433 as 127.0.0.1, so only the plain form is accepted.
        return _ip(".".join(labels))
    whole = ".".join(labels)
    if len(labels) < 2 or len(whole) > 253:
        raise LinkError(f"“{host[:60]}” is not a full domain name, such as example.org.")
    return whole


def _ip(text: str) -> str:
    try:
        if "%" in text:  # a zone has a meaning on one machine only
            raise ValueError(text)
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise LinkError(f"“{text[:60]}” is not a valid IP address.") from None


def _label(label: str) -> str:
    """One part of a host in ASCII.

    As browsers do it (UTS 46, not transitional): Python's own codec follows the standard of 2003,
    by which faß.de would be fass.de, another site.
    """
    if not label.isascii():
        normalised = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).lower())
        if not all(
            character == "-" or unicodedata.category(character)[0] in "LMN"
            for character in normalised
        ):
            raise LinkError(f"“{label[:60]}” is not valid in a domain name.")
        # Full-width letters are plain ones by now.
        is_ascii = normalised.isascii()
        label = normalised if is_ascii else "xn--" + normalised.encode("punycode").decode("ascii")
    label = label.lower()
    if not _LABEL.match(label):
        raise LinkError(f"“{label[:60]}” is not valid in a domain name.")
    return label


def _escaped(text: str) -> str:
    """Return the text with escapes in capitals, only where needed, and all beyond ASCII escaped."""

    def normal(match: re.Match[str]) -> str:
        if not match[1]:
            return "%25"  # not an escape; unescaped it could become one
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else f"%{match[1].upper()}"

    return quote(_ESCAPE.sub(normal, text), safe="%/?:@!$&'()*+,;=-._~[]#")


def _without_dots(path: str) -> str:
    """Return the path with ``.`` and ``..`` resolved, as browsers do before a request."""
    if "/." not in path:
        return path
    segments: list[str] = []
    steps = path.split("/")[1:]
    for step in steps:
        if step == "..":
            del segments[-1:]
        elif step != ".":
            segments.append(step)
    if steps[-1] in (".", ".."):
        segments.append("")
    return "/" + "/".join(segments)


def _is_tracking(parameter: str) -> bool:
    return bool(_TRACKING.fullmatch(unquote_plus(parameter.partition("=")[0])))


def _fragment(text: str) -> str:
    # Hyphen, comma and ampersand have a meaning in a text fragment.
    if text.isascii():
        return text.translate(_ASCII_ESCAPES)
    return quote(text, safe="").replace("-", "%2D")


def _beginning(text: str) -> str:
    """Return the first words, about 40 characters; without spaces, the first 40 characters."""
    if len(text) <= _END_LENGTH:
        return text
    return text[: _END_LENGTH + 1].rpartition(" ")[0] or text[:_END_LENGTH]
