"""The JSON answer that shows how a date would be read while it is typed."""

from django.http import HttpRequest, JsonResponse

from kb.dates import DateError, read_date
from kb.desk.admin.dates import date_reading


def date_preview(request: HttpRequest) -> JsonResponse:
    """Answer ``{"reading", "edtf", "rule"}``, or ``{"problem"}`` for a text that is no date."""
    try:
        reading = read_date(request.GET.get("text", ""))
    except DateError as problem:
        return JsonResponse({"problem": str(problem)})
    words = date_reading(reading.date) if reading.date.edtf else ""
    return JsonResponse({"reading": words, "edtf": reading.date.edtf, "rule": reading.rule})
