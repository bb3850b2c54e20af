"""The guards: what each protects against, its goal, and the commands that show it.

The short class is a selection of tests that `make test` runs too, so that its figures can also be
read from a run of all tests. The long class has larger numbers, or takes other servers or minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Engine = Literal["sqlite", "postgres"]
Class = Literal["short", "long"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
NAMES: Mapping[Engine, str] = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


@dataclass(frozen=True)
class Command:
    """A command line of pytest or of Python, and the databases that it runs on.

    ``words`` begin with the program; ``variables`` are set in its environment. Of pytest, the
    figures are what tests record with ``record_property``; of another program, the last line that
    it prints and that the pattern ``reads`` is found in.
    """

    words: str
    engines: tuple[Engine, ...] = ENGINES
    variables: Mapping[str, str] = field(default_factory=dict)
    reads: str = ""

    @property
    def is_pytest(self) -> bool:
        return self.words.startswith("pytest ")

    @property
    def tests(self) -> tuple[str, ...]:
        """The files and tests that pytest is given."""
        return tuple(word for word in self.words.split() if word.startswith("tests/"))

    def line(self, engine: Engine) -> str:
        """The command as somebody types it in the folder of the project."""
        variables = [f"{name}={value}" for name, value in self.variables.items()]
        server = ["python -m tests.postgres --"] if engine == "postgres" else []
        return " ".join([*variables, *server, self.words])


@dataclass(frozen=True)
class Guard:
    """One line of the sheet. Without a command there is no test yet, and ``lacks`` says of what."""

    id: str
    against: str
    goal: str
    short: Command | None = None
    long: Command | None = None
    lacks: str = ""

    def command(self, which: Class) -> Command | None:
        return self.short if which == "short" else self.long


def selected(*paths: str, engines: tuple[Engine, ...] = ENGINES, **variables: str) -> Command:
    """A command that runs these files of tests, below ``tests/``."""
    words = " ".join(f"tests/{path}" for path in paths)
    return Command(f"pytest {words}", engines, variables)


SQLITE: tuple[Engine, ...] = ("sqlite",)
POSTGRES: tuple[Engine, ...] = ("postgres",)
