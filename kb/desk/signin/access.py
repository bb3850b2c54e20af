"""Access to the pages of the desk. A form that was sent without access is kept for later."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from kb.desk.signin.desk_only import desk_only
from kb.desk.signin.factors import has_second_factor, needs_second_factor
from kb.desk.signin.paths import is_signin_page
from kb.desk.signin.pending_forms import (
    form_data,
    is_sent_by_script,
    pop_pending_form,
    save_pending_form,
)
from kb.desk.signin.rights_log import changes_in

FORM_KEPT = gettext_lazy("Your text is not saved yet. It is kept for one hour.")
FORM_RESTORED = gettext_lazy(
    "Your text from before your session ended was restored but is not saved. Check it, then press "
    "Save again."
)
SIGNED_OUT = gettext_lazy("You are signed out. Sign in again, then repeat this.")
SECOND_FACTOR_REQUIRED = gettext_lazy(
    "Your account can approve, publish or manage accounts, so it needs a second factor. Set up an "
    "authenticator app or a passkey to continue."
)


@desk_only
class AccessMiddleware:
    """Requires a sign-in, and a second factor for accounts that need one.

    It comes after the CSRF check, so that no form without a token is kept. The log of rights reads
    from it who sends the request.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with changes_in(request):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if is_signin_page(request.resolver_match):
            return None
        may_enter = request.user.is_authenticated and (
            not needs_second_factor(request.user) or has_second_factor(request.user)
        )
        if not may_enter and is_sent_by_script(request):
            # No session is begun: its cookie could replace the one in which a form is kept. And no
            # redirect: allauth answers a request for JSON with a form in JSON.
            return JsonResponse({"problem": str(SIGNED_OUT)}, status=401)
        if not request.user.is_authenticated:
            # The admin itself redirects a GET request without a sign-in.
            return self._redirect_to_login(request) if request.method == "POST" else None
        if not may_enter:
            if request.method == "POST" and save_pending_form(request):
                messages.info(request, FORM_KEPT)
            messages.warning(request, SECOND_FACTOR_REQUIRED)
            return HttpResponseRedirect(reverse("mfa_index"))
        if request.method == "GET" and (form := pop_pending_form(request)):
            # Read first, because reading it later would replace request.POST.
            len(request.FILES)
            restored: Any = request  # neither attribute can be set by its type
            restored.POST = form_data(form)
            restored.is_brought_back = True
            messages.warning(request, FORM_RESTORED)
            for name in form["files"]:
                message = gettext("Uploaded files are not kept. Choose “%(name)s” again.")
                messages.warning(request, message % {"name": name})
        return None

    def _redirect_to_login(self, request: HttpRequest) -> HttpResponse:
        if save_pending_form(request):
            messages.info(request, FORM_KEPT)
        return redirect_to_login(request.get_full_path())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without a valid CSRF token with 403. The form is kept.

    The usual cause is harmless: the session ended, and the editor signed in again in another tab.
    """
    context = {
        "title": gettext("The form could not be submitted"),
        "is_kept": not is_signin_page(request.resolver_match) and save_pending_form(request),
        "address": request.get_full_path(),
    }
    return render(request, "account/form_refused.html", context, status=403)
