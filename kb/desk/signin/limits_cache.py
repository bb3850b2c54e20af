"""The cache that counts wrong passwords and codes: it says when it could not store a value.

Django's own answers False then, which allauth takes for a limit that is reached: a right password
would be refused as one guess too many, and wrong ones would not be counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.db import DatabaseCache
from django.db import DatabaseError, connections, router, transaction

from kb.record.unavailable import unavailable_reason


class LimitsCache(DatabaseCache):
    """Django's cache in a table. ``add`` and ``set`` raise DatabaseError if the database cannot
    store the value now."""

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = 0) -> bool:
        errors: list[DatabaseError] = []

        def note(execute: Callable[..., Any], *arguments: Any) -> Any:
            try:
                return execute(*arguments)
            except DatabaseError as error:
                errors.append(error)
                raise

        alias = router.db_for_write(self.cache_model_class)
        # In a transaction of its own, because a full disk may be noticed at its end.
        with connections[alias].execute_wrapper(note), transaction.atomic(using=alias):
            is_stored = super()._base_set(mode, key, value, timeout)  # type: ignore[misc]
        if errors and unavailable_reason(errors[0]) is not None:
            raise errors[0]
        return bool(is_stored)
