"""Reads the hidden fields of a desk page that may repeat, as a browser sends them back."""

from __future__ import annotations

import re
from html import unescape


def hidden_fields(response):
    """Every hidden field by name, each a list of values."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", response.content.decode()):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") == "hidden" and attributes["name"] != "csrfmiddlewaretoken":
            fields.setdefault(attributes["name"], []).append(unescape(attributes["value"]))
    return fields
