"""Django's generic classes, with the type of their rows in brackets: ``ModelAdmin[Event]``.

The type stubs declare these classes as generic, and Django's own classes take no brackets. The
subclasses here ignore the brackets at run time. They also declare, for the type checker, the
methods of the admin that the stubs leave out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from django.db.models.options import Options

    Row = TypeVar("Row", bound=models.Model)
    Child = TypeVar("Child", bound=models.Model)
    Account = TypeVar("Account", bound=AbstractUser)

    class ModelAdmin(admin.ModelAdmin[Row]):
        def _changeform_view(
            self,
            request: HttpRequest,
            object_id: str | None,
            form_url: str,
            extra_context: dict[str, Any] | None,
        ) -> HttpResponse: ...

        def _create_formsets(
            self, request: HttpRequest, obj: Row, change: bool
        ) -> tuple[list[forms.BaseInlineFormSet[Any, Row, Any]], list[Any]]: ...

        def _get_obj_does_not_exist_redirect(
            self, request: HttpRequest, opts: Options[Any], object_id: str
        ) -> HttpResponse: ...

    class StackedInline(admin.StackedInline[Child, Row]): ...

    class UserAdmin(auth_admin.UserAdmin[Account]):
        def _get_obj_does_not_exist_redirect(
            self, request: HttpRequest, opts: Options[Any], object_id: str
        ) -> HttpResponse: ...

    class ModelForm(forms.ModelForm[Row]):
        def _post_clean(self) -> None: ...

    class ModelChoiceField(forms.ModelChoiceField[Row]): ...

    class ModelMultipleChoiceField(forms.ModelMultipleChoiceField[Row]): ...

else:

    def subscriptable(django_class: type) -> type:
        """A subclass of this class that stays the same class with brackets after it."""
        brackets = classmethod(lambda cls, types: cls)
        return type(django_class)(
            django_class.__name__, (django_class,), {"__class_getitem__": brackets}
        )

    ModelAdmin = subscriptable(admin.ModelAdmin)
    StackedInline = subscriptable(admin.StackedInline)
    UserAdmin = subscriptable(auth_admin.UserAdmin)
    ModelForm = subscriptable(forms.ModelForm)
    ModelChoiceField = subscriptable(forms.ModelChoiceField)
    ModelMultipleChoiceField = subscriptable(forms.ModelMultipleChoiceField)
