"""The kinds of text in answers, with their meaning for the JSON Schemas."""

from __future__ import annotations

from typing import Annotated

from kb.record.schema import SchemaHint

Path = Annotated[
    str,
    SchemaHint("A path on this site, without the host name.", format="uri-reference"),
]
Address = Annotated[str, SchemaHint("An absolute URL.", format="uri")]
Moment = Annotated[str, SchemaHint("A date and time with time zone.", format="date-time")]
Text = Annotated[str, SchemaHint("Plain text.")]
Markdown = Annotated[str, SchemaHint("Markdown, without HTML.")]
Language = Annotated[
    str, SchemaHint("A language tag (BCP 47), or empty if not stated.", example="zh-Hans")
]
Link = Annotated[str, SchemaHint("URL of the source itself, or empty if it has none.")]
