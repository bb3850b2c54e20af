"""The root URL patterns: the desk under its own path, everything else for readers."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    # First, because it replaces the admin's own pages to sign in, sign out and change passwords.
    path(settings.ADMIN_PATH, include("kb.desk.signin.urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
    # For readers, who send something to the desk.
    path("", include("kb.desk.reports.urls")),
    path("", include("kb.site.urls")),
]

handler400 = "kb.site.http.errors.bad_request"
handler404 = "kb.site.http.errors.not_found"
handler500 = "kb.server_errors.server_error"
