"""Addresses on the web: which may be shown, which are the same, and how to point at words.

What counts as the same page was decided over 1,801 spellings of 584 real addresses:

- ``http`` and ``https``, ``www`` and none, a slash at the end and none stay apart. Most such pairs
  are one page, but not all, and a pair that was merged wrongly cannot be told apart again.
- Tracking parameters go: without them, 493 of the 584 have one spelling left. ``ref``, ``source``
  and ``via`` stay, for on some sites they choose the page. The order of the others is kept.
- The fragment goes, because it is a place on the page, unless it begins with ``!`` or ``/``:
  then scripts read from it which page to show.
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import SplitResult, quote, unquote_plus, urlsplit

MAX_URL_LENGTH = 2048
_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"""utm_.* | fbclid | igshid | igsh | twclid | ttclid | li_fat_id    # social networks
    | gclid | gclsrc | dclid | gbraid | wbraid | msclkid | yclid         # advertisements
    | mc_cid | mc_eid | mkt_tok | _hsenc | _hsmi | __hs(?:sc|tc|fp)      # newsletters
    | vero_id | oly_(?:anon|enc)_id | _openstat | spm_id_from""",
    re.VERBOSE | re.IGNORECASE,
)
# Nothing of this can stand in an address; browsers and mail programs differ in what they do
# with it. A backslash they take for a slash, which moves the end of the host.
_NEVER = re.compile(r"[\s\\\x00-\x20\x7f-\xa0\u00ad\ud800-\udfff]")
_UNSEEN = ("Cc", "Cf", "Cs", "Cn", "Zs", "Zl", "Zp")
_TO_ENCODE = re.compile(r'["<>^`{|}]')
_SECOND_ADDRESS = re.compile(r"\|\s*https?:", re.IGNORECASE)
# Names that stand for no host of the internet (RFC 6761, RFC 6762, RFC 8375, and ICANN).
_INSIDE = (".localhost", ".local", ".internal", ".home.arpa", ".test", ".invalid")
_FULL_STOPS = re.compile("[。．｡]")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
# Above this a browser is given the first and last words only.
_LONGEST_FRAGMENT = 120
_END_LENGTH = 40
_GAP = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|…|\.{3}|\n)\s*")


Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class LinkError(ValueError):
    """An address that is not shown or kept; the message says what would be right."""


def safe_url(text: str) -> str:
    """The address, if a reader may follow it, without space around it.

    http or https, a host that can be public, no user name or password, nothing hidden, at most
    2,048 characters. Characters that may not stand in an address, but often do, are encoded.
    Raises LinkError. Whether the host answers, or is one of our own, is not looked at here.
    """
    text = text.strip()
    if len(text) > MAX_URL_LENGTH:
        raise LinkError(f"This address is longer than {MAX_URL_LENGTH:,} characters.")
    if _NEVER.search(text) or any(unicodedata.category(one) in _UNSEEN for one in text):
        raise LinkError("This address holds a space or a character that cannot be seen.")
    if _SECOND_ADDRESS.search(text):
        raise LinkError("These are several addresses: give each source its own.")
    parts = _split(text)
    if parts.scheme.lower() not in _PORTS or not parts.hostname:
        raise LinkError("Write the whole address, beginning with https:// or http://.")
    if "@" in parts.netloc:
        raise LinkError("Remove the user name and password from this address.")
    _host(parts.hostname)
    return _within_limit(_TO_ENCODE.sub(lambda found: f"%{ord(found[0]):02X}", text))


def is_private_url(url: str, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address, as it is written, can lead only into somebody's own network.

    ``allowed`` are networks that count as outside. What a name stands for is not looked up.
    """
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "." not in host or host.endswith(_INSIDE)
    return not address.is_global and not any(address in one for one in allowed)


def canonical_url(text: str) -> str:
    """One spelling for addresses that lead to the same page; by the rules above.

    Scheme and host in lower case, the host in its ASCII form and without a dot at its end; no
    default port, no tracking parameter, no fragment that is only a place; ``/../`` resolved;
    escapes in capitals, and only where one is needed. Doing it again changes nothing. Raises
    LinkError as ``safe_url`` does.
    """
    parts = _split(safe_url(text))
    scheme = parts.scheme.lower()
    host = _host(parts.hostname or "")
    if parts.port not in (None, _PORTS[scheme]):
        host += f":{parts.port}"
    path = _without_dots(_escaped(parts.path)) or "/"
    kept = [one for one in parts.query.split("&") if not _is_tracking(one)]
    query = _escaped("&".join(kept))
    fragment = _escaped(parts.fragment) if parts.fragment[:1] in ("!", "/") else ""
    whole = f"{scheme}://{host}{path}" + (f"?{query}" if query else "")
    return _within_limit(whole + (f"#{fragment}" if fragment else ""))


def text_fragment(url: str, exact: str) -> str:
    """The address with a text fragment, so that a browser opens it at these words.

    A long passage, one of several lines or one with an omission (…, [...]) is given by its first
    and its last words, because a browser finds words within one block only. Without words or
    without an address, the address as it came. ``url`` has passed ``safe_url``.
    """
    pieces = [" ".join(piece.split()) for piece in _GAP.split(exact.strip())]
    pieces = [piece for piece in pieces if piece]
    if not url or not pieces:
        return url
    joint = ":~:text=" if "#" in url else "#:~:text="
    if len(pieces) == 1 and len(pieces[0]) <= _LONGEST_FRAGMENT:
        return url + joint + _fragment(pieces[0])
    start, end = _beginning(pieces[0]), _beginning(pieces[-1][::-1])[::-1]
    return f"{url}{joint}{_fragment(start)},{_fragment(end)}"


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port, parts.hostname
    except ValueError:
        raise LinkError("This is not an address: write it as https://example.org/page.") from None
    return parts


def _within_limit(url: str) -> str:
    if len(url) > MAX_URL_LENGTH:
        raise LinkError(f"This address is longer than {MAX_URL_LENGTH:,} characters when encoded.")
    return url


def _host(host: str) -> str:
    """The host in its ASCII form. Raises LinkError when no public site can have it."""
    if ":" in host:
        return f"[{_ip(host)}]"
    host = _FULL_STOPS.sub(".", host).removesuffix(".")
    labels = [_label(label) for label in host.split(".")]
    if labels[-1].isdigit() or re.match(r"0x[0-9a-f]*\Z", labels[-1]):
        # A browser reads 0x7f.1 and 2130706433 as 127.0.0.1: only the plain form is what it says.
        return _ip(".".join(labels))
    whole = ".".join(labels)
    if len(labels) < 2 or len(whole) > 253:
        raise LinkError(f"“{host[:60]}” is not the whole name of a site, such as example.org.")
    return whole


def _ip(text: str) -> str:
    try:
        if "%" in text:  # a zone has a meaning on one machine only
            raise ValueError(text)
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise LinkError(f"“{text[:60]}” is not an address of a machine.") from None


def _label(label: str) -> str:
    """One part of a host in ASCII.

    As browsers do it (UTS 46, not transitional): Python's own codec follows the standard of 2003,
    by which faß.de would be fass.de, another site.
    """
    if not label.isascii():
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", label).lower())
        if not all(one == "-" or unicodedata.category(one)[0] in "LMN" for one in folded):
            raise LinkError(f"“{label[:60]}” cannot be part of the name of a site.")
        # Full-width letters are plain ones by now.
        is_ascii = folded.isascii()
        label = folded if is_ascii else "xn--" + folded.encode("punycode").decode("ascii")
    label = label.lower()
    if not _LABEL.match(label):
        raise LinkError(f"“{label[:60]}” cannot be part of the name of a site.")
    return label


def _escaped(text: str) -> str:
    """Escapes in capitals, none where none is needed, and everything beyond ASCII escaped."""

    def normal(found: re.Match[str]) -> str:
        if not found[1]:
            return "%25"  # a percent sign that begins no escape; kept, it might come to begin one
        character = chr(int(found[1], 16))
        return character if character in _UNRESERVED else f"%{found[1].upper()}"

    return quote(_ESCAPE.sub(normal, text), safe="%/?:@!$&'()*+,;=-._~[]#")


def _without_dots(path: str) -> str:
    """The path with ``.`` and ``..`` followed, as every browser does before it asks."""
    if "/." not in path:
        return path
    kept: list[str] = []
    steps = path.split("/")[1:]
    for step in steps:
        if step == "..":
            del kept[-1:]
        elif step != ".":
            kept.append(step)
    if steps[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _is_tracking(parameter: str) -> bool:
    return not parameter or bool(_TRACKING.fullmatch(unquote_plus(parameter.partition("=")[0])))


def _fragment(text: str) -> str:
    # The hyphen, comma and ampersand are signs of the fragment's own language.
    return quote(text, safe="").replace("-", "%2D")


def _beginning(text: str) -> str:
    """The first words, some forty characters; in a script without spaces, that many characters."""
    if len(text) <= _END_LENGTH:
        return text
    return text[: _END_LENGTH + 1].rpartition(" ")[0] or text[:_END_LENGTH]
