"""Everything that the documentation names exists, and what must be documented is."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from kb import env
from kb.site.http.probe_paths import PROBE_PATHS

ROOT = Path(__file__).resolve().parent.parent
DOCS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")

# For tests and make only, so they are not settings of the program.
FOR_TESTS = {"KB_CHROMIUM", "KB_FIREFOX", "KB_TEST_PROCESSES"}
# Created while the program runs, and ignored by version control.
MADE_LATER = {"var/", "var", "var/dev", ".venv", "secret.key", "record.sqlite3", "static/"}
MADE_LATER |= {"backup-status.json"}
# Files that the examples in docs/api.md and docs/proof.md fetch.
MADE_LATER |= {"proof.json", "verify.py"}
MADE_LATER |= {"answer.json", "timeline.csv", "timeline.jsonl"}
# Put there by whoever runs it; not in version control.
MADE_LATER |= {"deploy/certificates/"}
# In a static export of the site.
MADE_LATER |= {"export.json", "index.html", "404.html", "503.html"}
# Inside the file of a backup.
MADE_LATER |= {"manifest.json"}
# Folders inside a container and of nginx, which look like addresses of the site, and the path of a
# site on its host.
SYSTEM_FOLDERS = ("/story", "/mirror", "/db", "/etc/", "/srv/", "/var/", "/usr/", "/backups")
SUFFIXES = "css|csv|html|js|json|lock|md|png|py|sh|svg|toml|txt"


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def code_in(text: str) -> list[str]:
    """Return everything set as code: text in back-ticks, and the lines of fenced blocks."""
    fenced = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    without = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    lines = [line for block in fenced for line in block.splitlines()]
    return lines + re.findall(r"`([^`\n]+)`", without)


def words_in(text: str) -> list[str]:
    return [word.strip(",;:()") for code in code_in(text) for word in code.split()]


@pytest.fixture(params=DOCS, ids=name_of)
def text(request) -> str:
    return request.param.read_text(encoding="utf-8")


def test_documents_are_found():
    assert {"README.md", "CONTRIBUTING.md", "docs/architecture.md"} <= {*map(name_of, DOCS)}


def test_every_path_exists(text):
    tops = {path.name for path in ROOT.iterdir()}
    missing = []
    for word in words_in(text):
        if not re.fullmatch(r"[\w.*/-]+", word) or word.startswith("/") or word in MADE_LATER:
            continue
        if "/" in word and word.split("/")[0] in tops:
            exists = any(ROOT.glob(word.rstrip("/"))) if "*" in word else (ROOT / word).exists()
        elif re.fullmatch(rf"\w[\w-]*\.({SUFFIXES})", word):
            exists = (ROOT / word).exists() or any((ROOT / "kb").rglob(word))
            exists = exists or any((ROOT / "tests").rglob(word))
        else:
            continue
        if not exists:
            missing.append(word)
    assert missing == []


def test_find_it_by_name_names_files_and_what_is_in_them():
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = contributing.partition("## Find it by name")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| Where .*\? \| `(.+)` \| `(.+)` \|$", section, re.MULTILINE)
    assert len(rows) == 4
    for path, name in rows:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"\b{re.escape(name)}\b", text), f"{path} has no {name}"


def test_every_link_has_a_target(request, text):
    here = next(path for path in DOCS if path.read_text(encoding="utf-8") == text).parent
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    local = [target for target in targets if "://" not in target]
    assert [target for target in local if not (here / target).exists()] == []


def test_every_make_target_exists(text):
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        match for code in code_in(text) for match in re.findall(r"\bmake ([a-z][a-z-]*)", code)
    }
    assert named - targets == set()


def test_every_command_exists(text):
    named = {
        match for code in code_in(text) for match in re.findall(r"\bmanage\.py ([a-z_]+)", code)
    }
    assert named - set(get_commands()) == set()


def test_every_address_exists(text):
    missing = []
    for word in words_in(text):
        if not word.startswith("/") or not re.fullmatch(r"/[\w./<>-]*(\?.*)?", word):
            continue
        if word.startswith(SYSTEM_FOLDERS) or word in PROBE_PATHS:
            continue
        path = re.sub(r"<\w+>", "nothing-here", word.partition("?")[0])
        try:
            resolve(path)
        except Resolver404:
            missing.append(word)
    assert missing == []


def test_every_setting_exists(text):
    named = set(re.findall(r"\bKB_[A-Z_]*[A-Z]\b", text))
    assert named - set(env.SETTINGS) - FOR_TESTS == set()


def test_every_setting_is_in_the_table_with_its_default():
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", README, re.MULTILINE)
    table = {name: default.strip("`") for name, default, _ in rows}
    assert list(table) == sorted(table), "the table is in the order of the alphabet"
    assert table == {setting.name: setting.default for setting in env.SETTINGS.values()}


def test_every_setting_has_the_same_help_in_the_readme():
    for setting in env.SETTINGS.values():
        assert re.fullmatch(r"[A-Z].*\.", setting.help), setting
        if f"`{setting.name}` |" in README:
            assert setting.help in README, f"the README says something else about {setting.name}"


def test_every_format_is_documented_and_every_documented_format_exists():
    formats = getattr(import_module("kb.formats"), "FORMATS", {})
    named = set(re.findall(r"`\.([a-z.]+)`", "\n".join(_formats_section())))
    assert named == set(formats)


def _formats_section() -> list[str]:
    """The lines under the README's heading on formats."""
    lines = README.splitlines()
    start = lines.index("## Formats")
    end = next(i for i in range(start + 1, len(lines)) if lines[i].startswith("## "))
    return lines[start:end]


def test_each_room_is_described_once():
    rows = re.findall(r"^\| (`kb/[^|]*) \|", (ROOT / "docs" / "architecture.md").read_text(), re.M)
    assert len(rows) > 20
    assert [row for row, count in Counter(rows).items() if count > 1] == []
