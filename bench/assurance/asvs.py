"""The requirements of OWASP ASVS 5.0, level 1 and 2, and how this program stands to each.

``asvs.tsv`` has a line for each: its number, its level, what it is about in our own words, a
verdict, and a reason. The reason of what holds is where to see it: tests, files of the program or
sections of the documentation, with a space between them. That of the others is a sentence: why the
requirement does not apply, or what is still to be done. ``python -m bench.assurance.asvs`` writes
docs/asvs.md.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple, cast, get_args

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = Path(__file__).resolve().parent / "asvs.tsv"
PAGE = ROOT / "docs" / "asvs.md"

Verdict = Literal["holds", "n/a", "open"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
CHAPTERS = {
    1: "Escaping and cleaning",
    2: "Checks of input and order of steps",
    3: "Browsers",
    4: "Interfaces for programs",
    5: "Files",
    6: "Signing in",
    7: "Sessions",
    8: "Permissions",
    9: "Signed tokens",
    10: "OAuth and OpenID Connect",
    11: "Cryptography",
    12: "Connections",
    13: "Configuration",
    14: "Protection of data",
    15: "Architecture and libraries",
    16: "Logs and errors",
    17: "WebRTC",
}
HEAD = """\
# OWASP ASVS 5.0

How the program stands to each requirement of level 1 and 2 of the
[Application Security Verification Standard](https://owasp.org/www-project-application-security-verification-standard/),
version 5.0. The words are ours and only say what a requirement is about; the standard itself says
what it asks. `python -m bench.assurance.asvs` writes this page from `bench/assurance/asvs.tsv`; do
not edit it. A test follows every pointer (`tests/bench/test_asvs.py`).
"""


class Requirement(NamedTuple):
    """A line of the table. ``number`` is that of the standard, such as ``1.2.10``."""

    number: str
    level: int
    text: str
    verdict: Verdict
    reason: str

    @property
    def chapter(self) -> int:
        return int(self.number.partition(".")[0])

    @property
    def pointers(self) -> tuple[str, ...]:
        """Where to see that it holds; () for another verdict."""
        return tuple(self.reason.split()) if self.verdict == "holds" else ()


def requirements(file: Path = FILE) -> list[Requirement]:
    """The lines of the table. Raises ValueError for one with another verdict."""
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    table = []
    for number, level, text, verdict, reason in rows:
        if verdict not in VERDICTS:
            raise ValueError(f"{number} has the verdict {verdict!r}.")
        table.append(Requirement(number, int(level), text, cast(Verdict, verdict), reason))
    return table


def page(table: Sequence[Requirement]) -> str:
    """docs/asvs.md as Markdown: the counts, what is open, and a table for each chapter."""
    parts = [HEAD, *counts(table), "", "## What is open", ""]
    parts += [f"- {line.number} (level {line.level}): {line.text}. To do: {line.reason}."
              for line in table if line.verdict == "open"]  # fmt: skip
    for chapter, title in CHAPTERS.items():
        parts += [
            "",
            f"## {chapter}. {title}",
            "",
            "| | Level | Requirement | |",
            "|---|---|---|---|",
        ]
        parts += [
            f"| {line.number} | {line.level} | {line.text} | {cell(line)} |"
            for line in table
            if line.chapter == chapter
        ]
    return "\n".join(parts) + "\n"


def counts(table: Sequence[Requirement]) -> list[str]:
    lines = ["| Level | Holds | Does not apply | Open |", "|---|---|---|---|"]
    for level in (1, 2):
        of_level = Counter(line.verdict for line in table if line.level == level)
        lines.append(f"| {level} | " + " | ".join(str(of_level[name]) for name in VERDICTS) + " |")
    return lines


def cell(line: Requirement) -> str:
    """The last cell of a line: links to sections, names of files and tests, or the reason."""
    if line.verdict != "holds":
        return {"n/a": "does not apply", "open": "**open**"}[line.verdict] + f": {line.reason}"
    return ", ".join(map(pointer_text, line.pointers))


def pointer_text(pointer: str) -> str:
    """A link to a section of the documentation, or the name of a file or a test as code."""
    path, _, anchor = pointer.partition("#")
    if anchor:
        name = path.removeprefix("docs/")
        return f"[{name.removesuffix('.md')}: {anchor.replace('-', ' ')}]({name}#{anchor})"
    file, _, test = pointer.partition("::")
    return f"`{file}` (`{test}`)" if test else f"`{file}`"


def main() -> None:
    PAGE.write_text(page(requirements()), encoding="utf-8")


if __name__ == "__main__":
    main()
