"""The floors of docs/architecture.md, checked in the code, including imports in functions."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
KB = ROOT / "kb"

# The floor of each room. Imports point to a lower floor, or stay in the room.
ROOMS = {"dates": 0, "text": 0, "record": 2, "formats": 3, "site": 4, "desk": 4}
WIRING = {
    "__init__",
    "__main__",
    "apps",
    "bundle",
    "checks",
    "env",
    "head_responses",
    "health",
    "languages",
    "loaders",
    "logs",
    "management",
    "middleware",
    "mirror",
    "publication_cookie",
    "removal_markers",
    "response_cache",
    "server_errors",
    "settings",
    "sub_path",
    "tracking",
    "urls",
    "worker",
    "wsgi",
}
WIRING_FLOOR = 5
# Wiring is named in settings, not imported. The exceptions, each with its reason.
MAY_IMPORT_WIRING = {
    ("kb/apps.py", "checks"),  # registers the system checks when Django starts
    ("kb/settings.py", "env"),  # only settings read the environment
    ("kb/settings.py", "logs"),  # has the value of LOGGING
    ("kb/middleware.py", "publication_cookie"),  # sends its bearer to a server that is new enough
    ("kb/wsgi.py", "env"),  # prints the error of a setting in one line
    ("kb/wsgi.py", "response_cache"),  # puts it in front of Django
    ("kb/wsgi.py", "sub_path"),  # puts it in front of both
    ("kb/health/probes.py", "response_cache"),  # reports what it keeps
    ("kb/health/readiness.py", "response_cache"),  # reports what it keeps
    ("kb/management/commands/export_site.py", "mirror"),  # the commands are those of the wiring
    ("kb/management/commands/prepare_exports.py", "mirror"),
    ("kb/management/commands/verify_export.py", "mirror"),
    ("kb/response_cache/application.py", "logs"),  # its answers have request ids and log lines
}

BANNED = {"utils", "helpers", "common", "misc", "manager", "data", "info"}
LONGEST_FILE = 500
LONGEST_TEST = 600
LONGEST_TEMPLATE = 150
WIDEST_TEMPLATE = 140

SOURCES = sorted(path for path in KB.rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# A sentence over several lines. Without "trimmed" its spaces are part of the message.
UNTRIMMED = re.compile(r"\{% blocktranslate(?![^%]* trimmed)[^%]*%\}[^{]*\n")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    """The room a file lies in; for wiring, its own name."""
    first = path.relative_to(KB).parts[0]
    return first.removesuffix(".py")


def imported(path: Path) -> list[tuple[int, str]]:
    """Every module that a file imports anywhere, with the line; ``from kb import x`` is kb.x."""
    modules = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)}:{node.lineno} imports relatively"
            if node.module == "kb":
                modules += [(node.lineno, f"kb.{alias.name}") for alias in node.names]
            else:
                modules.append((node.lineno, node.module or ""))
    return modules


def test_sources_are_found():
    assert len(SOURCES) > 20


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_point_down(path):
    here = room_of(path)
    floor = ROOMS.get(here, WIRING_FLOOR)
    wrong = []
    for line, module in imported(path):
        parts = module.split(".")
        if parts[0] != "kb" or len(parts) == 1 or parts[1] == here:
            continue
        there = parts[1]
        if there in WIRING:
            allowed = (name_of(path), there) in MAY_IMPORT_WIRING
        else:
            allowed = ROOMS[there] < floor
        if not allowed:
            wrong.append(f"{name_of(path)}:{line} imports {module}")
    assert wrong == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_file_has_a_floor(path):
    if path.parent == KB:
        assert path.stem in WIRING, f"{name_of(path)}: name its floor in this test, or move it"
    else:
        assert room_of(path) in {
            *ROOMS,
            "health",
            "locale",
            "management",
            "mirror",
            "response_cache",
        }, f"{name_of(path)} lies in a room that has no floor"


def test_only_the_desk_and_the_record_have_tables():
    from django.apps import apps

    ours = {config.name for config in apps.get_app_configs() if config.name.startswith("kb")}
    with_tables = {name for name in ours if list(app_named(name).get_models())}
    assert ours == {"kb", "kb.desk", "kb.record"}
    assert with_tables <= {"kb.desk", "kb.record"}
    for model in app_named("kb.record").get_models(include_auto_created=True):
        assert model._meta.db_table.startswith("record_"), "the wall goes by the table's name"
    for model in app_named("kb.desk").get_models(include_auto_created=True):
        assert model._meta.db_table.startswith("desk_"), "the wall goes by the table's name"


def app_named(name: str):
    from django.apps import apps

    return next(config for config in apps.get_app_configs() if config.name == name)


def every_file() -> list[Path]:
    # Django writes migrations, so their length is not checked.
    ours = [path for path in SOURCES if path.parent.name != "migrations"]
    return [*ours, *sorted((ROOT / "tests").rglob("*.py"))]


@pytest.mark.parametrize("path", every_file(), ids=name_of)
def test_files_are_short_and_named_for_their_subject(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    cap = LONGEST_TEST if "tests" in path.parts else LONGEST_FILE
    # A first migration is as long as its tables require.
    is_generated = "migrations" in path.parts
    assert lines <= cap or is_generated, f"{name_of(path)} has {lines} lines: split it by subject"
    # The folder `management` has the name that Django requires.
    banned = BANNED & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}
    assert not banned, f"{name_of(path)}: name it for its subject"


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_templates_are_short_and_narrow(path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert len(lines) <= LONGEST_TEMPLATE, f"{len(lines)} lines: move a part into a _part.html"
    wide = [number for number, line in enumerate(lines, 1) if len(line) > WIDEST_TEMPLATE]
    assert wide == [], f"lines {wide} are wider than {WIDEST_TEMPLATE} characters"
    assert "\t" not in text
    assert UNTRIMMED.findall(text) == []


def test_import_contract_has_the_same_floors():
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = contracts["contracts"][0]["layers"]
    by_floor = sorted(set(ROOMS.values()), reverse=True)
    named = [{part.strip() for part in layer.replace(":", "|").split("|")} for layer in layers]
    assert named[0] == {f"kb.{name}" for name in WIRING - {"__init__"}}
    assert named[1:] == [
        {f"kb.{room}" for room, floor in ROOMS.items() if floor == level} for level in by_floor
    ]


# --- Inside a room: folders point down too, and no module imports in a circle ------------------

# The folders of a room, from the top down. Single files of the room are below its folders,
# except those that the list names.
ORDER = {
    "site": ["urls", "views", "templatetags", "api", "pages", "cards", "embed", "charts", "http"],
}


def imports_of(path: Path) -> set[str]:
    """The modules of kb/ that a file imports anywhere, functions and type checks included."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
            modules.add(node.module)
    return modules & MODULES.keys()


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in SOURCES if path.parent.name != "migrations"}


def circles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The groups of nodes that reach each other, by Tarjan's algorithm."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    groups = []

    def visit(node: str) -> None:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        for target in graph.get(node, ()):
            if target not in order:
                visit(target)
                lowest[node] = min(lowest[node], lowest[target])
            elif target in stack:
                lowest[node] = min(lowest[node], order[target])
        if lowest[node] == order[node]:
            group = stack[stack.index(node) :]
            del stack[stack.index(node) :]
            if len(group) > 1:
                groups.append(sorted(group))

    for node in graph:
        if node not in order:
            visit(node)
    return groups


def folder_of(module: str) -> str:
    """The room's folder or single file that a module belongs to: kb.site.pages, kb.record.rows."""
    return ".".join(module.split(".")[:3])


def test_circles_are_noticed():
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == [["b", "c"]]
    assert circles({"a": {"b"}, "b": {"c"}, "c": set()}) == []


def test_no_modules_import_in_a_circle():
    graph = {
        # A package is imported with each of its modules; that alone is no circle.
        name: {module for module in imports_of(path) if not name.startswith(f"{module}.")} - {name}
        for name, path in MODULES.items()
        if path.name != "__init__.py"
    }
    assert circles(graph) == []


def test_no_folders_of_a_room_import_in_a_circle():
    graph: dict[str, set[str]] = {}
    for name, path in MODULES.items():
        here = folder_of(name)
        if here.count(".") < 2:
            continue  # the __init__ of a room, or wiring
        there = {folder_of(module) for module in imports_of(path) if module.count(".") >= 2}
        graph.setdefault(here, set()).update(there - {here})
    assert circles(graph) == []


@pytest.mark.parametrize("room", ORDER)
def test_folders_of_a_room_import_down(room):
    wrong = []
    order = ORDER[room]
    for name, path in MODULES.items():
        parts = name.split(".")
        if parts[:2] != ["kb", room] or len(parts) < 3:
            continue
        for module in imports_of(path):
            target = module.split(".")
            if target[:2] != ["kb", room] or len(target) < 3 or target[2] == parts[2]:
                continue
            if order.index(target[2]) < order.index(parts[2]):
                wrong.append(f"{name} imports {module}")
    assert wrong == []
    assert len(order) <= 10


def test_python_code_imports_no_template_tags():
    importers = [
        name
        for name, path in MODULES.items()
        if any(".templatetags" in module for module in imports_of(path))
    ]
    assert importers == []


# --- Names -------------------------------------------------------------------------------------

# Variables that do not say what they hold. Together at most 0.2 % of all name references.
EMPTY_NAMES = {"one", "found", "said", "kept", "given", "made", "wanted", "seen"}
MAX_SHARE_OF_EMPTY_NAMES = 0.002
# The two drivers of full-text search have one interface.
SHARED_FUNCTION_NAMES = {"among_hits", "expression"}


def test_variables_are_named_for_what_they_hold():
    names = [
        (node.id, name_of(path))
        for path in MODULES.values()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Name)
    ]
    empty = [(name, place) for name, place in names if name in EMPTY_NAMES]
    share = len(empty) / len(names)
    assert share <= MAX_SHARE_OF_EMPTY_NAMES, f"{share:.2%} of all names, such as {empty[:10]}"


def test_no_two_public_functions_have_one_name():
    places: dict[str, list[str]] = {}
    for name, path in MODULES.items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            if is_function and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(name)
    shared = {name: where for name, where in places.items() if len(where) > 1}
    assert shared.keys() <= SHARED_FUNCTION_NAMES, shared
