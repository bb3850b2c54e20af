"""No test reads a file outside the repository, and no file names the host of a package registry.

Samples are in ``tests/samples/``. The registry is that of whoever installs.
"""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted((ROOT / "tests").rglob("*.py"))
# Folders of one machine. Other paths that begin with a slash can be addresses of pages.
# The names of registries in parts, so that this file names none.
NAMES = "|".join(("py" + "pi", "python" + "hosted", "npm" + "js"))
REGISTRIES = re.compile(rf"\b({NAMES})\.(org|com|python)\b", re.IGNORECASE)
WRITTEN = {".py", ".md", ".toml", ".lock", ".txt", ".yml", ".yaml", ".html", ".js", ".json", ".sh"}
OUTSIDE = re.compile(r"^((/work|/home|/root|/Users|/mnt)(/|$)|~/[a-zA-Z.]|[A-Z]:[\\/])")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def is_own_path(node: ast.expr) -> bool:
    """Whether an expression is ``Path(__file__)``."""
    match node:
        case ast.Call(func=ast.Name(id="Path"), args=[ast.Name(id="__file__")]):
            return True
    return False


def levels_up(node: ast.expr, depth: int) -> int:
    """How many folders above its file an expression points; 0 for one that is no such path.

    ``depth`` is how many parts the file's own path has in the repository, so that ``ROOT``,
    which is the repository, lies that many folders up.
    """
    match node:
        case ast.Name(id="ROOT"):
            return depth
        case ast.Attribute(attr="parent", value=value) if is_path(value):
            return levels_up(value, depth) + 1
        case ast.Subscript(
            value=ast.Attribute(attr="parents", value=value), slice=ast.Constant(value=int(number))
        ) if is_path(value):
            return levels_up(value, depth) + number + 1
        case ast.Call(func=ast.Attribute(attr="resolve" | "absolute", value=value)):
            return levels_up(value, depth)
    return 0


def is_path(node: ast.expr) -> bool:
    """Whether an expression is a path made from the file's own or from ``ROOT``."""
    match node:
        case ast.Name(id="ROOT"):
            return True
        case ast.Attribute(attr="parent" | "parents", value=value):
            return is_path(value)
        case ast.Subscript(value=value):
            return is_path(value)
        case ast.Call(func=ast.Attribute(attr="resolve" | "absolute", value=value)):
            return is_path(value)
    return is_own_path(node)


def leading_out(source: str, depth: int) -> list[int]:
    """The lines of a source that name a path outside the repository."""
    lines = set()
    for node in ast.walk(ast.parse(source)):
        is_outside = (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and OUTSIDE.search(node.value)
        )
        if is_outside or (isinstance(node, ast.expr) and levels_up(node, depth) > depth):
            lines.add(node.lineno)
    return sorted(lines)


@pytest.mark.parametrize(
    ("source", "is_outside"),
    [
        ("Path('/work/elsewhere/urls')", True),
        ("open('/home/me/list.txt')", True),
        ("Path('~/list.txt').expanduser()", True),
        ("Path(__file__).parents[2] / 'elsewhere'", True),
        ("Path(__file__).resolve().parent.parent.parent", True),
        ("ROOT.parent / 'elsewhere'", True),
        ("Path(__file__).parents[1] / 'docs'", False),
        ("Path(__file__).resolve().parent.parent", False),
        ("ROOT / 'docs'", False),
        ("reader.get('/timeline/')", False),
        ("node.parent.parent.parent", False),
    ],
)
def test_paths_outside_the_repository_are_noticed(source, is_outside):
    assert bool(leading_out(source, depth=2)) is is_outside


@pytest.mark.parametrize("path", [path for path in SOURCES if path != Path(__file__)], ids=name_of)
@pytest.mark.slow
def test_no_test_names_a_path_outside_the_repository(path):
    depth = len(path.relative_to(ROOT).parts)
    lines = leading_out(path.read_text(encoding="utf-8"), depth)
    assert lines == [], f"{name_of(path)}: bring a small sample into tests/samples instead"


def test_every_sample_is_described():
    described = (ROOT / "tests" / "samples" / "README.md").read_text(encoding="utf-8")
    samples = ROOT / "tests" / "samples"
    for path in samples.rglob("*"):
        if path.is_file() and path.name != "README.md":
            name = path.relative_to(samples)
            folder = f"`{name.parts[0]}/`"
            assert f"`{name.as_posix()}`" in described or folder in described, name


def test_no_file_names_the_host_of_a_package_registry():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    names = [name for name in tracked.stdout.splitlines() if Path(name).suffix in WRITTEN]
    assert len(names) > 1_000
    naming = [name for name in names if REGISTRIES.search((ROOT / name).read_text("utf-8"))]
    assert naming == []
