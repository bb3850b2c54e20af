"""Recovery codes that are stored as hashes. allauth stores a seed, from which it makes them again.

The codes are made when they are shown, so that they are never stored to be read. All codes of an
account have one salt: a code that is entered is hashed once, and not once for each of them.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable
from typing import Any, TypedDict

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import auth, flows
from django.db import transaction

SALT_BYTES = 16
# A cost that OWASP's Password Storage Cheat Sheet names for scrypt: 16 MB and about a quarter of a
# second for a code.
SCRYPT_N, SCRYPT_R, SCRYPT_P = 2**14, 8, 5
HIDDEN_CODE = "********"
SeedCodes = auth.RecoveryCodes


class HashedCodes(TypedDict):
    """What is stored: a salt and the hashes of the codes that are left, all in hexadecimal."""

    salt: str
    hashes: list[str]


class HashedRecoveryCodes(SeedCodes):
    """Takes the place of the class of allauth, in its views and forms too."""

    def __init__(self, instance: Any) -> None:
        super().__init__(instance)
        self.new_codes: list[str] = []
        if "hashes" not in instance.data:  # of an older backup
            instance.data = hashed_data(instance)
            if instance.pk:
                instance.save(update_fields=["data"])

    @classmethod
    def activate(cls, user: Any) -> HashedRecoveryCodes:
        """Return the codes of the account; if there are none, a row that waits for them."""
        codes = Authenticator.Type.RECOVERY_CODES
        instance = Authenticator.objects.filter(user_id=user.pk, type=codes).first()
        if instance is None:
            data = hash_codes([])
            instance = Authenticator.objects.create(user=user, type=codes, data=data)
        return cls(instance)

    def mark_as_viewed(self) -> None:
        """Make the codes, unless that was done before; ``new_codes`` has them for this request."""
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().get(pk=self.instance.pk)
            if row.data.get("viewed_at"):
                return
            codes = new_codes()
            row.data = {**hash_codes(codes), "viewed_at": time.time()}
            row.save(update_fields=["data"])
        self.instance, self.new_codes = row, codes

    def generate_codes(self) -> list[str]:
        """Return the codes that were made in this request; others cannot be read."""
        return self.new_codes

    def get_unused_codes(self) -> list[str]:
        """Return the codes that were made in this request, or a hidden code for each one left."""
        return self.new_codes or [HIDDEN_CODE for _hash in self.instance.data["hashes"]]

    @transaction.atomic
    def validate_code(self, code: str) -> bool:
        """Return whether the code is one of those that are left; it is used up then."""
        code = "".join(code.split())
        # Most wrong codes are those of an app, and shorter.
        if len(code) != app_settings.RECOVERY_CODE_DIGITS:
            return False
        self.instance = Authenticator.objects.select_for_update().get(pk=self.instance.pk)
        data = self.instance.data
        entered = hash_code(code, data["salt"])
        left = [stored for stored in data["hashes"] if not hmac.compare_digest(stored, entered)]
        if len(left) == len(data["hashes"]):
            return False
        self.instance.data = data | {"hashes": left}
        self.instance.save(update_fields=["data"])
        return True


def new_codes() -> list[str]:
    """Return random codes, as many and as long as the settings of allauth say."""
    digits = app_settings.RECOVERY_CODE_DIGITS
    codes: set[str] = set()
    while len(codes) < app_settings.RECOVERY_CODE_COUNT:
        codes.add(f"{secrets.randbelow(10**digits):0{digits}}")
    return sorted(codes)


def hash_codes(codes: Iterable[str]) -> HashedCodes:
    """Return a new salt and the hashes of the codes with it."""
    salt = secrets.token_hex(SALT_BYTES)
    return {"salt": salt, "hashes": [hash_code(code, salt) for code in codes]}


def hash_code(code: str, salt: str) -> str:
    """Return the hash of a code, in hexadecimal like the salt."""
    cost = {"n": SCRYPT_N, "r": SCRYPT_R, "p": SCRYPT_P, "maxmem": 64 * 1024 * 1024}
    return hashlib.scrypt(code.encode(), salt=bytes.fromhex(salt), dklen=32, **cost).hex()


def hashed_data(authenticator: Any) -> dict[str, Any]:
    """Return the data of codes that were stored with a seed, as hashes of those that are left.

    Codes that were never shown are left out: new ones are made when the account looks at them.
    """
    viewed_at = authenticator.data.get("viewed_at")
    has_codes = "seed" in authenticator.data or "migrated_codes" in authenticator.data
    codes = SeedCodes(authenticator).get_unused_codes() if viewed_at and has_codes else []
    return {**hash_codes(codes), **({"viewed_at": viewed_at} if viewed_at else {})}


def install() -> None:
    """Let allauth use these codes. ``Authenticator.wrap`` imports the name at each call."""
    for module in (auth, flows):
        vars(module)["RecoveryCodes"] = HashedRecoveryCodes
