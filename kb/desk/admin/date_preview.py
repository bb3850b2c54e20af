"""The JSON answer that shows how a date would be read while it is typed."""

from django.http import HttpRequest, JsonResponse

from kb.dates import DateError, read_date
from kb.desk.admin.date_proposals import proposals_from_sources
from kb.desk.admin.dates import date_reading

MAX_SOURCES = 20


def date_preview(request: HttpRequest) -> JsonResponse:
    """Answer ``{"reading", "edtf", "rule"}``, or ``{"problem"}`` for a text that is no date.

    ``?source=`` names the sources of the form, as often as needed. A text that depends on the day
    of one of them has ``{"proposals": [{"day", "edtf", "sentence"}]}`` beside the problem.
    """
    text = request.GET.get("text", "")
    try:
        reading = read_date(text)
    except DateError as problem:
        answer: dict[str, object] = {"problem": str(problem)}
        keys = request.GET.getlist("source")[:MAX_SOURCES]
        if keys and request.user.has_perm("desk.view_source"):
            answer["proposals"] = [
                {
                    "day": proposal.day.isoformat(),
                    "edtf": proposal.edtf,
                    "sentence": proposal.sentence(),
                }
                for proposal in proposals_from_sources(text, keys)
            ]
        return JsonResponse(answer)
    words = date_reading(reading.date) if reading.date.edtf else ""
    return JsonResponse({"reading": words, "edtf": reading.date.edtf, "rule": reading.rule})
