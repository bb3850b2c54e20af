"""How a date would be read, asked by the form while it is typed."""

from django.http import HttpRequest, JsonResponse

from kb.dates import DateError, read_date
from kb.desk.admin.forms import date_reading


def date_preview(request: HttpRequest) -> JsonResponse:
    """How a date would be read, while it is typed: ``{"reading", "edtf", "rule"}`` or a problem."""
    text = request.GET.get("text", "")
    try:
        found = read_date(text)
    except DateError as problem:
        return JsonResponse({"problem": str(problem)})
    said = date_reading(found.date) if found.date.edtf else ""
    return JsonResponse({"reading": said, "edtf": found.date.edtf, "rule": found.rule})
