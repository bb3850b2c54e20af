"""The bill of materials of a release: what an installation needs, as CycloneDX in JSON.

It is made from ``requirements.lock`` alone, so that the same lock file gives the same bytes. The
digests of a component are those of all its files at the registry, of which an installation takes
one.
"""

from __future__ import annotations

import json
import re
import tomllib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NotRequired, TypedDict

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
PROJECT = ROOT / "pyproject.toml"
# The first line of a package: name==version, an optional marker after a semicolon.
_PACKAGE = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)(?: ; (.*?))? \\$")
_DIGEST = re.compile(r"^    --hash=sha256:([0-9a-f]{64})(?: \\)?$")
# Who needs it: in the same line if it is one, else in a line each.
_NEEDED_BY = re.compile(r"^    #(?: via|  ) (\S.*)$")


@dataclass
class Package:
    """A package of the lock file. ``marker`` is "" if every system needs it."""

    name: str
    version: str
    marker: str = ""
    digests: list[str] = field(default_factory=list)
    needed_by: list[str] = field(default_factory=list)

    @property
    def purl(self) -> str:
        return f"pkg:pypi/{self.name}@{self.version}"


class Digest(TypedDict):
    alg: str
    content: str


class Reference(TypedDict):
    type: str
    url: str
    hashes: NotRequired[list[Digest]]


class Property(TypedDict):
    name: str
    value: str


Component = TypedDict(
    "Component",
    {
        "type": str,
        "bom-ref": str,
        "name": str,
        "version": str,
        "purl": str,
        "externalReferences": NotRequired[list[Reference]],
        "properties": NotRequired[list[Property]],
    },
)


class Dependency(TypedDict):
    ref: str
    dependsOn: list[str]


class Metadata(TypedDict):
    component: Component


class Bom(TypedDict):
    """A document of CycloneDX 1.6."""

    bomFormat: str
    specVersion: str
    serialNumber: str
    version: int
    metadata: Metadata
    components: list[Component]
    dependencies: list[Dependency]


def packages_in(lock: str) -> Iterator[Package]:
    """The packages of a lock file; ValueError for a line of no known form."""
    package: Package | None = None
    for line in lock.splitlines():
        if match := _PACKAGE.match(line):
            if package:
                yield package
            package = Package(match[1], match[2], match[3] or "")
        elif package and (match := _DIGEST.match(line)):
            package.digests.append(match[1])
        elif package and (match := _NEEDED_BY.match(line)):
            package.needed_by.append(match[1].partition(" ")[0])
        elif line.strip() and not line.lstrip().startswith("#"):
            raise ValueError(f"Cannot read this line of the lock file: {line}")
    if package:
        yield package


def component(package: Package) -> Component:
    digests: list[Digest] = [{"alg": "SHA-256", "content": text} for text in package.digests]
    row: Component = {
        "type": "library",
        "bom-ref": package.purl,
        "name": package.name,
        "version": package.version,
        "purl": package.purl,
        "externalReferences": [
            {
                "type": "distribution",
                "url": package.purl,
                "hashes": digests,
            }
        ],
    }
    if package.marker:
        row["properties"] = [{"name": "python:marker", "value": package.marker}]
    return row


def bom(lock: str, name: str, version: str) -> Bom:
    """The bill of materials of the program ``name``; the same for the same lock file."""
    packages = list(packages_in(lock))
    own = f"pkg:pypi/{name}@{version}"
    refs: dict[str, list[str]] = {name: [own]}
    for package in packages:
        refs.setdefault(package.name, []).append(package.purl)
    needs: dict[str, set[str]] = {ref: set() for ref in (own, *(row.purl for row in packages))}
    for package in packages:
        for parent in package.needed_by:
            # Of a package with several versions, each may need it.
            for ref in refs.get(parent.partition("[")[0], ()):
                needs[ref].add(package.purl)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, own + lock)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": name,
                "version": version,
                "purl": own,
            }
        },
        "components": [component(package) for package in packages],
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(targets)} for ref, targets in needs.items()
        ],
    }


def text_of(document: Bom) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def project() -> tuple[str, str]:
    """The name and the version of the program."""
    table = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    return table["name"], table["version"]


def write_bom(target: Path) -> Path:
    """Write the bill of materials of this checkout into a folder, and return its path."""
    name, version = project()
    path = target / f"{name}-{version}.cdx.json"
    document = bom(LOCK.read_text(encoding="utf-8"), name, version)
    path.write_text(text_of(document), encoding="utf-8")
    return path


def missing_refs(document: Bom) -> Iterable[str]:
    """References to components that the document does not have."""
    refs = {document["metadata"]["component"]["bom-ref"]}
    refs |= {row["bom-ref"] for row in document["components"]}
    named = {ref for row in document["dependencies"] for ref in (row["ref"], *row["dependsOn"])}
    return sorted(named - refs)
