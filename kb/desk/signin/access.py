"""Who passes to the desk's pages; whoever does not is led on, and what they sent is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.csrf import csrf_failure as plain_csrf_failure

from kb.desk.signin.factors import has_second_factor, needs_second_factor
from kb.desk.signin.paths import is_desk, is_signin_page
from kb.desk.signin.pending_forms import form_data, pop_pending_form, save_pending_form

KEPT = "What you typed is kept for one hour. It is not saved yet."
BACK = (
    "This is what you typed before your sign-in ended. It is not saved yet: look it over, then "
    "press the button again."
)
NEEDS_FACTOR = (
    "Your account may publish or look after accounts, so it needs a second factor. Set up an "
    "authenticator app or a passkey; the rest of the desk opens then."
)


class AccessMiddleware:
    """Stands after the check of the form's token, so that nothing is kept that has no token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not is_desk(request) or is_signin_page(request.resolver_match):
            return None
        if not request.user.is_authenticated:
            # A GET without a sign-in is the admin's own to send away.
            return self._to_sign_in(request) if request.method == "POST" else None
        if needs_second_factor(request.user) and not has_second_factor(request.user):
            if request.method == "POST" and save_pending_form(request):
                messages.info(request, KEPT)
            messages.warning(request, NEEDS_FACTOR)
            return HttpResponseRedirect(reverse("mfa_index"))
        if request.method == "GET" and (form := pop_pending_form(request)):
            _ = request.FILES  # read first: reading it later would empty what is set here
            request.POST = form_data(form)  # type: ignore[assignment]
            request.is_brought_back = True  # type: ignore[attr-defined]
            messages.warning(request, BACK)
            for name in form["files"]:
                messages.warning(request, f"A file cannot be kept: choose “{name}” once more.")
        return None

    def _to_sign_in(self, request: HttpRequest) -> HttpResponse:
        if save_pending_form(request):
            messages.info(request, KEPT)
        return redirect_to_login(request.get_full_path())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's answer, 403, to a form without its token; on the desk in words, and the text kept.

    The usual cause is honest: the sign-in ended, and was renewed in another tab.
    """
    if not is_desk(request):
        return plain_csrf_failure(request, reason=reason)
    context = {
        "title": "This form could not be taken",
        "is_kept": not is_signin_page(request.resolver_match) and save_pending_form(request),
        "address": request.get_full_path(),
    }
    return render(request, "account/form_refused.html", context, status=403)
