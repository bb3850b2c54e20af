"""Make the files of a release: the wheel, its bill of materials, and digests of both.

``make release`` runs it, with the folder that they are written to as its argument. The wheel is
installed elsewhere and asked for a page first (``tests/wheel.py``). In that folder,
``sha256sum --check SHA256SUMS`` tells whether the files are those that were released.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from tests import sbom, wheel

DIGESTS = "SHA256SUMS"
PATTERNS = ("on_the_record-*.whl", "on-the-record-*.cdx.json")


def main(target: Path) -> None:
    target.mkdir(exist_ok=True)
    for path in target.glob("on-the-record-*.cdx.json"):
        path.unlink()
    wheel.main(target)
    sbom.write_bom(target)
    print(write_digests(target).read_text(encoding="utf-8"), end="")


def write_digests(target: Path) -> Path:
    """Write the SHA-256 digest of each file of the release, in the format of ``sha256sum``."""
    files = sorted(path for pattern in PATTERNS for path in target.glob(pattern))
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in files]
    digests = target / DIGESTS
    digests.write_text("".join(lines), encoding="utf-8")
    return digests


if __name__ == "__main__":
    main(Path(sys.argv[1]))
