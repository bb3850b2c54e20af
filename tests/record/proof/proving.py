"""Running the verifier that readers download, as they do: as a program of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from kb.record.proof import verifier
from kb.record.proof.checkpoint import current_checkpoint
from kb.record.proof.leaves import SALT_SIZE, SaltedFields

VERIFIER = Path(verifier.__file__)


def fix_salts(monkeypatch: Any) -> None:
    """Give all fields the same salt, for records whose logs must be equal."""
    monkeypatch.setattr(
        "kb.record.proof.appending.new_salts",
        lambda names: SaltedFields(list(names), [bytes(SALT_SIZE)] * len(names)),
    )


def run_verifier(
    proof: Any, checkpoint: str, *words: str, program: Path = VERIFIER
) -> subprocess.CompletedProcess[str]:
    """Check a proof without any package of the site; ``proof`` is JSON or a value."""
    text = proof if isinstance(proof, str) else json.dumps(proof)
    return subprocess.run(
        [sys.executable, "-I", program, "-", checkpoint, *words],
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=30,
    )


def proves(proof: Any, value: Any, checkpoint: str = "") -> bool:
    """Whether a proof leads from this value to a checkpoint, today's if ""; in this process."""
    try:
        verifier.check(proof, value, checkpoint or current_checkpoint().short)
    except ValueError:
        return False
    return True


def proves_itself(proofs: Any) -> bool:
    """Whether each proof of a version leads from its own value to the checkpoint of today."""
    return bool(proofs) and all(proves(proof, proof["value"]) for proof in proofs)
