"""What ``make lint`` checks in templates, styles, scripts and browser tests beyond other tools.

One indent of two spaces everywhere (.editorconfig), stylesheets without errors that a browser would
silently skip, no custom property that nothing defines, and browser tests that wait for the page.
``python -m tests.style`` prints each fault as ``path:line: what is wrong``. It exits with 1 if
there are any.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import tinycss2
from django.contrib import admin as django_admin

ROOT = Path(__file__).resolve().parent.parent
ADMIN_SHEETS = Path(django_admin.__file__).parent / "static" / "admin" / "css"
STEP = 2
# (line, what is wrong)
Fault = tuple[int, str]

# A line that opens a block in CSS, JSON or JavaScript: what follows stands one step further in.
OPENS_BLOCK = re.compile(r"[{(\[]\s*(//.*)?$")
# A line of a template that holds an opening tag and nothing else.
OPENS_TAG = re.compile(
    r"^\s*(<(?!(?:area|br|hr|img|input|link|meta|source|use|col|!)\b)[a-z][\w-]*(\s[^<>]*)?>"
    r"|\{% (if|for|with|blocktranslate|comment|filter) [^%]*%\})$"
)
CLOSES = re.compile(r"\s*([})\]]|</|\{% (end|else|elif|empty|plural))")
# What stands in these is not markup of ours: text as it is shown, and words between tags.
VERBATIM = re.compile(r"<(pre|textarea)\b.*?</\1>|\{#.*?#\}", re.DOTALL)
# An assertion that reads a page once, while it may still be loading.
READS_ONCE = re.compile(
    r"\bassert\b.*("
    r"\.(inner_text|input_value|is_visible|is_checked|is_focused)\(\)"
    r"|\.(locator|get_by_\w+)\(.*\)\.count\(\))"
)
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)


def blanked(pattern: re.Pattern[str], text: str) -> str:
    """The text with every match replaced by as many empty lines as it spans."""
    return pattern.sub(lambda match: "\n" * match.group().count("\n"), text)


def depth(line: str) -> int:
    """The number of spaces at the beginning of a line."""
    return len(line) - len(line.lstrip(" "))


def whitespace_faults(text: str, *, may_be_inline: bool = False) -> Iterator[Fault]:
    """Tabs, spaces at the end of a line, a missing last line end.

    ``may_be_inline``: a template that is set inside a line ends without a line end.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if "\t" in line or "\r" in line:
            yield number, "a tab or carriage return"
        if line != line.rstrip():
            yield number, "white space at the end of the line"
    if text.endswith("\n\n") or not (may_be_inline or text.endswith("\n")):
        yield text.count("\n") + 1, "the file must end with one line end"


def indent_faults(text: str, opens: re.Pattern[str], *, may_stay: bool) -> Iterator[Fault]:
    """Indents that are no multiple of two, and blocks that are not one step further in.

    ``may_stay``: the content of an opening line may stand below it, as in Django's own templates.
    """
    previous = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if depth(line) % STEP:
            yield number, f"indented by {depth(line)} spaces, which is no multiple of {STEP}"
        elif opens.search(previous) and not CLOSES.match(line):
            expected = depth(previous) + STEP
            if depth(line) != expected and not (may_stay and depth(line) == depth(previous)):
                yield number, f"indented by {depth(line)} spaces instead of {expected}"
        previous = line


def _rules(nodes: Iterable[tinycss2.ast.Node]) -> Iterator[tinycss2.ast.Node]:
    """Every rule, declaration and error of a stylesheet, those inside other rules included."""
    for node in nodes:
        yield node
        content = getattr(node, "content", None)
        if node.type in ("qualified-rule", "at-rule") and content is not None:
            yield from _rules(
                tinycss2.parse_blocks_contents(content, skip_comments=True, skip_whitespace=True)
            )


def parsed(text: str) -> list[tinycss2.ast.Node]:
    """All nodes of a stylesheet, flat."""
    sheet = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)
    return list(_rules(sheet))


def defined_properties(texts: Iterable[str]) -> set[str]:
    """The custom properties that any of the stylesheets defines."""
    return {
        node.name
        for text in texts
        for node in parsed(text)
        if node.type == "declaration" and node.name.startswith("--")
    }


def stylesheet_faults(text: str, defined: set[str]) -> Iterator[Fault]:
    """What a browser would skip without a word."""
    for node in parsed(text):
        if node.type == "error":
            yield node.source_line, f"not CSS: {node.message}"
        elif node.type == "declaration":
            value = tinycss2.serialize(node.value)
            if not value.strip():
                yield node.source_line, f"{node.name} has no value"
            # With a fallback the property may be set by a script.
            for name in re.findall(r"var\(\s*(--[\w-]+)\s*\)", value):
                if name not in defined:
                    yield node.source_line, f"{name} is defined in no stylesheet"


def template_faults(text: str) -> list[Fault]:
    """All faults of one template."""
    markup = blanked(VERBATIM, text)
    return [
        *whitespace_faults(text, may_be_inline=True),
        *indent_faults(markup, OPENS_TAG, may_stay=True),
    ]


def script_faults(text: str) -> list[Fault]:
    """All faults of one script; oxlint reads the code itself."""
    return [*whitespace_faults(text), *indent_faults(text, OPENS_BLOCK, may_stay=False)]


def css_faults(text: str, defined: set[str]) -> list[Fault]:
    """All faults of one stylesheet."""
    rules = blanked(CSS_COMMENT, text)
    return [
        *whitespace_faults(text),
        *indent_faults(rules, OPENS_BLOCK, may_stay=False),
        *stylesheet_faults(text, defined),
    ]


def browser_test_faults(text: str) -> list[Fault]:
    """Assertions that read a page once; `expect` waits until the page has loaded."""
    return [
        (number, "use expect(), which waits, in place of assert")
        for number, line in enumerate(text.splitlines(), start=1)
        if READS_ONCE.search(line)
    ]


def faults() -> Iterator[str]:
    """All faults of the project, each as one line."""
    sheets = {path: path.read_text("utf-8") for path in sorted((ROOT / "static").rglob("*.css"))}
    # The desk's pages have the admin's stylesheets too.
    admin = [path.read_text("utf-8") for path in sorted(ADMIN_SHEETS.rglob("*.css"))]
    defined = defined_properties([*sheets.values(), *admin])
    results = {path: css_faults(text, defined) for path, text in sheets.items()}
    for path in sorted((ROOT / "static").rglob("*.js")):
        results[path] = script_faults(path.read_text("utf-8"))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        results[path] = template_faults(path.read_text("utf-8"))
    for path in sorted((ROOT / "tests" / "browser").glob("*.py")):
        results[path] = browser_test_faults(path.read_text("utf-8"))
    for path, messages in results.items():
        for line, message in messages:
            yield f"{path.relative_to(ROOT)}:{line}: {message}"


def main() -> int:
    """Print every fault; return the exit code."""
    lines = list(faults())
    print("\n".join(lines) or "Templates, stylesheets, scripts and browser tests have one style.")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
