"""What is wrong with a page's HTML: parse errors, content models, attributes, references.

A part of what the Nu checker asks, in Python alone, so that it runs wherever the tests do. Where
the two differ, the Nu checker is right: add here what it found.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element

import html5lib


def words(text: str) -> set[str]:
    return set(text.split())


# What may only hold text and what stands in it.
PHRASING_ONLY = words(
    "p h1 h2 h3 h4 h5 h6 span b i em strong small mark q cite code time sub sup abbr label button "
    "pre legend caption summary dfn kbd samp var bdi bdo s u data output"
)
PHRASING = words(
    "a abbr b bdi bdo br button cite code data del dfn em i img input ins kbd label link mark "
    "meta noscript output picture q s samp script select small span strong sub sup svg template "
    # Where a choice may stand is said below; what it stands in may stand in text.
    "textarea time u var wbr option optgroup"
)
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
# Parents whose children are named one by one.
CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "menu": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot", "tr"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tfoot": {"tr"},
    "tr": {"td", "th"},
    "colgroup": {"col"},
    "select": {"option", "optgroup", "hr"},
    "datalist": {"option"},
}
# Children that must stand in one of these parents.
PARENTS = {
    "li": {"ul", "ol", "menu"},
    "dt": {"dl", "div"},
    "dd": {"dl", "div"},
    "summary": {"details"},
    "legend": {"fieldset"},
    "figcaption": {"figure"},
    "caption": {"table"},
    "option": {"select", "datalist", "optgroup"},
}
FIRST = {"details": "summary", "fieldset": "legend"}
INTERACTIVE = {"a", "button", "input", "select", "textarea", "details", "label", "summary"}
EVERYWHERE = words(
    "id class lang dir hidden tabindex title role translate spellcheck inert autofocus accesskey "
    "itemprop itemscope itemtype slot popover enterkeyhint inputmode"
)
ATTRIBUTES = {
    name: words(own)
    for name, own in {
        "a": "href hreflang rel download target type ping referrerpolicy",
        "base": "href target",
        "link": "rel href as type crossorigin media sizes hreflang title integrity",
        "meta": "charset name content http-equiv property media",
        "script": "src type defer async nomodule crossorigin integrity",
        "form": "action method autocomplete novalidate name target enctype rel",
        "input": "type name value placeholder maxlength minlength checked disabled required "
        "readonly autocomplete list min max step pattern size multiple form",
        "button": "type name value disabled form formaction popovertarget",
        "label": "for",
        "select": "name multiple size disabled required autocomplete form",
        "option": "value selected disabled label",
        "optgroup": "label disabled",
        "textarea": "name rows cols maxlength placeholder disabled required readonly",
        "fieldset": "disabled name form",
        "output": "for name form",
        "details": "open name",
        "ol": "start reversed type",
        "li": "value",
        "td": "colspan rowspan headers",
        "th": "colspan rowspan headers scope abbr",
        "col": "span",
        "colgroup": "span",
        "time": "datetime",
        "del": "datetime cite",
        "ins": "datetime cite",
        "q": "cite",
        "blockquote": "cite",
        "img": "src alt width height loading decoding srcset sizes fetchpriority",
        "html": "prefix xmlns",
        "data": "value",
    }.items()
}
OBSOLETE = words("center font big strike tt acronym frame frameset marquee basefont dir")
REFERENCES = ("for", "aria-labelledby", "aria-describedby", "aria-controls", "headers", "list",
              "aria-owns", "aria-details", "aria-errormessage", "form")  # fmt: skip
TABLE_PARTS = {"tr", "td", "th"}
LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
MOMENT = re.compile(r"\d{4}(-\d\d(-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?)?)?")


def faults(text: str) -> list[str]:
    """Every fault of one page, as sentences; none is an empty list."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    root = parser.parse(text)
    messages = [
        f"line {place[0]}, column {place[1]}: {code} {values.get('name', '')}".strip()
        for place, code, values in parser.errors
    ]
    walked = list(walk(root, ()))
    for element, above in walked:
        messages += of_element(element, above)
    return messages + list(of_page([element for element, _ in walked]))


def walk(element: Element, above: tuple[str, ...]) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Each HTML element with the names of those around it, the nearest last; SVG is passed by."""
    if not isinstance(element.tag, str):
        return  # a comment
    yield element, above
    for child in element:
        if isinstance(child.tag, str):
            yield from walk(child, (*above, name_of(element)))


def name_of(element: Element) -> str:
    space, _, name = element.tag.rpartition("}")
    return name if space.endswith("xhtml") else f"svg:{name}" if name != "svg" else "svg"


def text_of(element: Element) -> str:
    return "".join(element.itertext()).strip()


def tag_words(element: Element) -> str:
    """The element as a reader of the report finds it again."""
    marks = "".join(f' {name}="{value[:40]}"' for name, value in list(element.attrib.items())[:3])
    return f"<{name_of(element)}{marks}>"


def of_element(element: Element, above: tuple[str, ...]) -> Iterator[str]:
    """The faults of one element where it stands."""
    name = name_of(element)
    if name.startswith("svg:") or name == "svg":
        if "style" in element.attrib:
            yield f"{tag_words(element)} has a style attribute"
        return
    children = [name_of(child) for child in element if isinstance(child.tag, str)]
    parent = above[-1] if above else ""
    if name in OBSOLETE:
        yield f"{tag_words(element)} is obsolete"
    allowed = CHILDREN.get(name)
    if allowed is not None:
        yield from (
            f"<{child}> in {tag_words(element)}" for child in children if child not in allowed
        )
        if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
            yield f"text right inside {tag_words(element)}"
    if name in PARENTS and parent not in PARENTS[name]:
        yield f"{tag_words(element)} in <{parent}>"
    if name in FIRST and FIRST[name] in children[1:]:
        yield f"<{FIRST[name]}> is not the first in {tag_words(element)}"
    if name == "details" and children[:1] != ["summary"]:
        yield f"{tag_words(element)} does not begin with its summary"
    if name in ("dl",):
        yield from of_description(element)
    around = {ancestor for ancestor in above if ancestor in PHRASING_ONLY}
    is_heading_in_summary = name in HEADINGS and parent in ("summary", "legend")
    if around and name not in PHRASING and not is_heading_in_summary:
        yield f"{tag_words(element)} in <{'> <'.join(sorted(around))}>"
    yield from of_nesting(element, name, above)
    yield from of_attributes(element, name)
    if name in HEADINGS | {"title", "legend", "caption", "summary"} and not text_of(element):
        yield f"{tag_words(element)} is empty"
    if name in ("a", "button") and not (text_of(element) or "aria-label" in element.attrib):
        yield f"{tag_words(element)} has no name"


def of_description(element: Element) -> Iterator[str]:
    """A ``dl``: groups of dt and then dd, all in ``div`` or none."""
    kinds = {name_of(child) for child in element if isinstance(child.tag, str)}
    if "div" in kinds and kinds & {"dt", "dd"}:
        yield f"{tag_words(element)} mixes div with dt and dd"
    groups = [child for child in element if name_of(child) == "div"] or [element]
    for group in groups:
        names = "".join({"dt": "t", "dd": "d"}.get(name_of(member), "x") for member in group)
        if names and not re.fullmatch("(t+d+)+", names):
            yield f"{tag_words(group)} of {tag_words(element)}: not names and then values"


def of_nesting(element: Element, name: str, above: tuple[str, ...]) -> Iterator[str]:
    """What reacts to a reader must not stand in what does."""
    if name in INTERACTIVE - {"label", "summary"} and element.get("type") != "hidden":
        around = {"a", "button"} & set(above)
        if around:
            yield f"{tag_words(element)} in <{around.pop()}>"
    if name == "label" and "label" in above:
        yield f"{tag_words(element)} in <label>"
    if name == "form" and "form" in above:
        yield f"{tag_words(element)} in <form>"
    if name in ("header", "footer") and {"header", "footer"} & set(above):
        yield f"{tag_words(element)} in a header or footer"
    if name == "main" and {"article", "aside", "nav", "header", "footer"} & set(above):
        yield f"{tag_words(element)} inside a part of the page"
    if name in TABLE_PARTS and "role" in element.attrib:
        yield f"{tag_words(element)}: a part of a real table has a role"


def of_attributes(element: Element, name: str) -> Iterator[str]:
    """Attributes that the element does not have, and values that it cannot."""
    for attribute, value in element.attrib.items():
        if attribute == "style" or attribute.startswith("on"):
            yield f"{tag_words(element)}: our policy stops {attribute}"
        elif not (
            attribute in EVERYWHERE
            or attribute in ATTRIBUTES.get(name, ())
            or attribute.startswith(("data-", "aria-"))
        ):
            yield f"{tag_words(element)} has no attribute {attribute}"
        if attribute in ("href", "src") and name != "a" and not value.strip():
            yield f"{tag_words(element)}: {attribute} is empty"
        if attribute in ("href", "src", "action") and re.search(r"[\s<>\"\\^`{|}]", value):
            yield f"{tag_words(element)}: {attribute} is no address"
        is_any = attribute == "hreflang" and value == "x-default"
        if (
            attribute in ("lang", "hreflang")
            and value
            and not (is_any or LANGUAGE.fullmatch(value))
        ):
            yield f"{tag_words(element)}: {value!r} is no language"
        if attribute == "datetime" and not MOMENT.fullmatch(value):
            yield f"{tag_words(element)}: {value!r} is no date"
        if attribute == "id" and (not value or re.search(r"\s", value)):
            yield f"{tag_words(element)}: {value!r} is no id"
    if name == "img" and "alt" not in element.attrib:
        yield f"{tag_words(element)} has no alt"
    if name == "time" and "datetime" not in element.attrib and not MOMENT.match(text_of(element)):
        yield f"{tag_words(element)} has no datetime"


def of_page(elements: list[Element]) -> Iterator[str]:
    """What only the whole page shows: ids, references, headings, one of a kind."""
    ids = Counter(element.get("id") for element in elements if element.get("id"))
    yield from (
        f"id {element_id!r} stands {count} times" for element_id, count in ids.items() if count > 1
    )
    for element in elements:
        for attribute in REFERENCES:
            for target in element.get(attribute, "").split():
                if target not in ids:
                    yield f"{tag_words(element)}: {attribute} names {target!r}, which is not there"
        target = element.get("href", "")
        if target.startswith("#") and target[1:] not in ids:
            yield f"{tag_words(element)} leads to {target!r}, which is not there"
    levels = [int(name_of(element)[1]) for element in elements if name_of(element) in HEADINGS]
    if levels.count(1) != 1 or levels[:1] != [1]:
        yield f"headings begin {levels[:3]}, with {levels.count(1)} of the first level"
    for before, after in zip(levels, levels[1:], strict=False):
        if after > before + 1:
            yield f"a heading of level {after} follows one of level {before}"
    names = Counter(map(name_of, elements))
    yield from (f"{names[tag]} of <{tag}>" for tag in ("main", "title", "h1") if names[tag] != 1)
    root: Any = next(element for element in elements if name_of(element) == "html")
    if not root.get("lang"):
        yield "the page does not say its language"
