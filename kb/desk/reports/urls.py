"""The addresses of the form and of the pages of reports. They are outside the path of the desk."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from kb.desk.reports import views


class TicketConverter(StringConverter):
    """The part of an address that a ticket token can be."""

    regex = r"[A-Za-z0-9_-]{12,64}"


register_converter(TicketConverter, "ticket")

urlpatterns = [
    path("report/", views.report, name="report"),
    path("report/ticket/<ticket:token>/", views.ticket, name="report-ticket"),
    path("report/ticket/<ticket:token>/take-back/", views.take_back_page, name="report-take-back"),
]
