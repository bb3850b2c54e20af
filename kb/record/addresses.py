"""Where each kind of record is read: one place that joins a kind and a slug to a path."""

PLURALS = {
    "actor": "actors",
    "source": "sources",
    "incident": "incidents",
    "event": "events",
    "statement": "statements",
}


def path_of(kind: str, slug: str) -> str:
    """The path of a record's page. A topic's is the timeline filtered by it."""
    if kind in PLURALS:
        return f"/{PLURALS[kind]}/{slug}/"
    return f"/timeline/?topic={slug}"
