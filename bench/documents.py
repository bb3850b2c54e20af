"""Compare ways to read a stored document: json alone, and with validation by msgspec or pydantic.

``python -m bench.documents --store FILE`` writes the documents of the sample story to FILE. Then
``python -m bench.documents FILE``, run by a Python that has msgspec, pydantic and jsonschema (an
environment of its own; the project depends on none of the first two), prints the time for one
document, and how the JSON Schema of each compares with ours.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import json
import os
import secrets
import sys
import tempfile
import time
import typing
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

ROUNDS = 7


def store(path: Path) -> None:
    """Publish the sample story in a throw-away database and write its documents, one a line."""
    import django
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "kb.settings"
    os.environ["KB_DATA_DIR"] = tempfile.mkdtemp(prefix="kb-bench-")
    os.environ["KB_SECRET_KEY"] = secrets.token_urlsafe(50)
    django.setup()
    from kb.record.models import Revision

    call_command("migrate", verbosity=0)
    call_command("loaddata", "bytedance-openai", verbosity=0)
    documents = Revision.objects.live().values_list("document", flat=True)
    lines = [json.dumps(document, ensure_ascii=False) for document in documents]
    path.write_text("\n".join(lines), encoding="utf-8")
    print(f"{len(lines)} documents, {path.stat().st_size / len(lines):.0f} bytes each")


def microseconds(read: Callable[[str, str], object], documents: list[tuple[str, str]]) -> float:
    """The best time for one document of several rounds over all of them."""
    best = float("inf")
    gc.disable()
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for kind, text in documents:
            read(kind, text)
        best = min(best, time.perf_counter() - start)
    gc.enable()
    return best * 1e6 / len(documents)


def refusals(read: Callable[[str, str], object], documents: Iterable[tuple[str, str]]) -> int:
    """How many of these documents, each with one mistake in it, are refused."""
    count = 0
    for kind, text in documents:
        try:
            read(kind, text)
        except Exception as problem:  # noqa: BLE001 - each library has errors of its own
            assert problem.args or str(problem)  # noqa: S101
            count += 1
    return count


def with_mistakes(documents: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Documents that miss their title, have another kind of value, a bad id or an extra field."""
    wrong = []
    for kind, text in documents:
        document = json.loads(text)
        wrong += [
            (kind, json.dumps({key: document[key] for key in document if key != "title"})),
            (kind, json.dumps(document | {"title": 5})),
            (kind, json.dumps(document | {"id": "NOT AN ID"})),
            (kind, json.dumps(document | {"unknown": 1})),
        ]
    return wrong


def pydantic_adapters() -> dict[str, Any]:
    """An adapter for each document type; before Python 3.12 pydantic refuses typing's TypedDict."""
    import pydantic
    import typing_extensions

    own, module = typing.TypedDict, sys.modules.pop("kb.record.documents")
    typing.TypedDict = typing_extensions.TypedDict  # type: ignore[assignment]
    shapes = importlib.import_module("kb.record.documents").DOCUMENTS
    adapters = {kind: pydantic.TypeAdapter(shape) for kind, shape in shapes.items()}
    typing.TypedDict = own  # type: ignore[assignment]
    sys.modules["kb.record.documents"] = module
    return adapters


def compare(path: Path) -> None:
    import jsonschema
    import msgspec
    import pydantic

    from kb.record.documents import DOCUMENTS, documents_json_schema
    from kb.record.schema import json_schema_for

    texts = path.read_text(encoding="utf-8").splitlines()
    documents = [(str(json.loads(text)["kind"]), text) for text in texts]
    wrong = with_mistakes(documents)
    validators = {
        kind: jsonschema.Draft202012Validator(json_schema_for(kind, shape, closed=True))
        for kind, shape in DOCUMENTS.items()
    }
    decoders = {kind: msgspec.json.Decoder(shape) for kind, shape in DOCUMENTS.items()}
    adapters = pydantic_adapters()
    bare = msgspec.json.Decoder()

    def with_schema(kind: str, text: str) -> Any:
        document = json.loads(text)
        validators[kind].validate(document)
        return document

    readers: dict[str, Callable[[str, str], object]] = {
        "json.loads (today, unvalidated)": lambda kind, text: json.loads(text),
        "json.loads and our JSON Schema": with_schema,
        "msgspec, unvalidated": lambda kind, text: bare.decode(text),
        "msgspec, by TypedDict": lambda kind, text: decoders[kind].decode(text),
        "pydantic, by TypedDict": lambda kind, text: adapters[kind].validate_json(text),
    }
    for name, read in readers.items():
        print(
            f"{name:<34}{microseconds(read, documents):8.1f} µs a document, "
            f"{refusals(read, wrong):4} of {len(wrong)} mistakes refused"
        )
    equal = sum(
        decoders[kind].decode(text) == json.loads(text) == adapters[kind].validate_json(text)
        for kind, text in documents
    )
    print(f"{equal} of {len(documents)} documents are read alike")
    makers: dict[str, Callable[[], Any]] = {
        "ours": documents_json_schema,
        "msgspec": lambda: msgspec.json.schema_components(list(DOCUMENTS.values())),
        "pydantic": lambda: pydantic.TypeAdapter.json_schemas(
            [(kind, "validation", adapter) for kind, adapter in adapters.items()]
        )[1],
    }
    for name, make in makers.items():
        start = time.perf_counter()
        schema = json.dumps(make())
        milliseconds = (time.perf_counter() - start) * 1000
        patterns, examples = schema.count('"pattern"'), schema.count('"examples"')
        print(
            f"schema by {name:<10}{milliseconds:6.1f} ms, {len(schema):6} characters, "
            f"{patterns} patterns, {examples} examples"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--store", action="store_true")
    options = parser.parse_args()
    if options.store:
        store(options.file)
    else:
        compare(options.file)


if __name__ == "__main__":
    main()
