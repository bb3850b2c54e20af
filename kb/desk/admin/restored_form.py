"""A form that comes back after a sign-in: shown as one that failed, so that nothing is saved."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse


class UnsavedFormMixin:
    """A form that is never valid, whatever else is right or wrong in it."""

    def full_clean(self) -> None:
        super().full_clean()  # type: ignore[misc]
        self.add_error(None, "Not saved yet: press the button again.")  # type: ignore[attr-defined]


class RestoreFormMixin:
    """Adds to an admin: what the gate has brought back stands in the form, rows below it too."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if hasattr(request, "is_brought_back"):
            # The admin reads `request.POST` only then.
            request.method = "POST"
        return super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, **kwargs)  # type: ignore[misc]
        if hasattr(request, "is_brought_back"):
            return type(made.__name__, (UnsavedFormMixin, made), {})
        return made
