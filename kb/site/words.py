"""The record's vocabulary as readers see it."""

ACTOR_KINDS = {
    "person": "Person",
    "organisation": "Organisation",
    "publication": "Publication",
    "government": "Government body",
    "product": "Product or model",
    "project": "Project",
    "group": "Group",
}
NAME_KINDS = {"alias": "also called", "original": "original name", "former": "formerly"}
SOURCE_KINDS = {
    "article": "Article",
    "document": "Document",
    "post": "Post",
    "filing": "Filing",
    "interview": "Interview",
}
DERIVATIONS = {
    "translation": "translation of",
    "wire_copy": "wire copy of",
    "rewrite": "rewrite of",
    "first_reported_by": "first reported by",
    "own_reporting": "own reporting, beside",
    "": "",
}
