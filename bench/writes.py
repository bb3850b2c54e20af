"""Measure publishing, renaming, rebuilding and importing: ``python -m bench.writes 1000 100000``.

Fills a throw-away database for each number of entries, all of which name one busy actor, and prints
how long it takes to publish, correct and withdraw a statement. At the largest size it then renames
the busy actor while a second process publishes, and prints how long that process waits; rebuilds
the index; and imports rows of a table. DATABASE_URL chooses PostgreSQL; its database is emptied.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import logging
import os
import pstats
import secrets
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command

from bench.beside import beside
from bench.simple_documents import SimpleDocuments, batches, store

BUSY = "bbactr0000"
TIMES = 15
BATCH_SIZE = 1000
DRAFTS = 1000


class BusyDocuments(SimpleDocuments):
    """Documents of entries that all name the same actor."""

    def listed(self) -> Iterator[dict[str, Any]]:
        for document in super().listed():
            if document["kind"] == "event":
                document["actors"].append({"actor": BUSY, "role": "affected"})
            elif BUSY not in document["voice"]["to"]:
                document["voice"]["to"].append(BUSY)
            yield document


def fill(entries: int) -> None:
    """Fill the record, and the desk with the rows and snapshots that publishing reads."""
    from django.db import transaction

    from kb.desk.models import Actor, Event, Reference, Snapshot, Source
    from kb.record.documents import referenced_ids
    from kb.record.listed_records import index_listed
    from kb.record.publication_version import bump_version
    from kb.record.search_index import index_in_bulk
    from kb.record.statistics import analyze_tables

    generator = BusyDocuments(entries)
    with transaction.atomic():
        bump_version()
        for documents in batches(generator.named()):
            revisions = store(documents)
            index_listed(revisions)
            for model, kind in ((Actor, "actor"), (Source, "source")):
                model.objects.bulk_create(
                    _desk_row(model, revision) for revision in revisions if revision.kind == kind
                )
            _snapshots(revisions, Snapshot, Reference, referenced_ids)
        for documents in batches(generator.listed()):
            revisions = store(documents)
            index_in_bulk(revisions)
            Event.objects.bulk_create(
                _desk_row(Event, revision) for revision in revisions if revision.kind == "event"
            )
            _snapshots(revisions, Snapshot, Reference, referenced_ids)
        analyze_tables()


def _desk_row(model: Any, revision: Any) -> Any:
    """The published desk row of a generated document, with what publishing it again needs."""
    values = {"public_id": revision.public_id, "slug": revision.slug, "state": "published"}
    if revision.kind == "actor":
        values |= {"name": revision.title, "actor_kind": revision.document["actor_kind"]}
    elif revision.kind == "source":
        values |= {"title": revision.title, "source_kind": "article", "published": "2023-01-02"}
    else:
        values |= {"title": revision.title, "standing": "announced", "happened": "2023"}
    return model(**values)


def _snapshots(revisions: Any, snapshot: Any, reference: Any, referenced: Any) -> None:
    rows = snapshot.objects.bulk_create(
        snapshot(public_id=revision.public_id, kind=revision.kind, document=revision.document)
        for revision in revisions
    )
    reference.objects.bulk_create(
        reference(snapshot=row, target=target)
        for row in rows
        for target in sorted(referenced(row.document))
    )


def milliseconds(
    work: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> float:
    start = clock()
    work()
    return (clock() - start) * 1000


def both_clocks(work: Callable[[], object]) -> tuple[float, float]:
    """The milliseconds that work takes, and those of them that this process computes."""
    computed = time.process_time()
    passed = milliseconds(work)
    return passed, (time.process_time() - computed) * 1000


def publish_statements(entries: int, *, profile: bool) -> None:
    """Print the median time to publish, correct and withdraw one statement."""
    from kb.desk.verbs.publishing import publish, withdraw

    times: dict[str, list[tuple[float, float]]] = {"publish": [], "correct": [], "withdraw": []}
    profiler = cProfile.Profile()
    for number in range(TIMES):
        statement = _new_statement(number)
        if profile and number:
            profiler.enable()
        times["publish"].append(both_clocks(partial(publish, statement, by=None)))
        statement.headline = f"Bench {number}, corrected"
        statement.save()
        correct = partial(publish, statement, by=None, change="correction", note="A typo.")
        times["correct"].append(both_clocks(correct))
        times["withdraw"].append(both_clocks(partial(withdraw, statement, by=None, note="Wrong.")))
        profiler.disable()
    for name, values in times.items():
        passed = statistics.median(value for value, _ in values)
        computed = statistics.median(value for _, value in values)
        print(
            f"{name:<10} at {entries:>9,} entries {passed:9.1f} ms, of which this process computes "
            f"{computed:9.1f} ms"
        )
    if profile:
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)


def _new_statement(number: int) -> Any:
    """A draft by a published speaker, with a published source."""
    from kb.desk.models import Actor, Citation, Source, Statement

    text = f"We did it {number} times."
    statement = Statement.objects.create(
        slug=f"bench-{secrets.token_hex(8)}",
        headline=f"Bench {number}",
        text=text,
        speaker=Actor.objects.get(public_id="bbactr0002"),
        attribution="named",
        form="verbatim",
        said="2023-12-15",
    )
    Citation.objects.create(
        statement=statement,
        source=Source.objects.get(public_id="bbsrce00001"),
        exact=text,
        wording="original",
        quoted=True,
        language="en",
    )
    return statement


def rename(entries: int, folder: str) -> None:
    """Rename the busy actor while a second process publishes; print both times."""
    from kb.desk.models import Actor
    from kb.desk.verbs.publishing import publish
    from kb.record.models import Entry

    command = ["-m", "bench.writes", "--editor", folder]
    with beside(command, output=subprocess.PIPE) as editor:
        time.sleep(5)
        actor = Actor.objects.get(public_id=BUSY)
        name = f"renamed{secrets.token_hex(4)}"
        actor.name = f"Busy actor {name}"
        actor.save()
        started = time.time()
        took = milliseconds(lambda: publish(actor, by=None))
        print(f"rename     of {entries:,} dependants: published after {took:,.0f} ms", flush=True)
        finish_index()
        print(f"rename     of {entries:,} dependants: done after {time.time() - started:,.1f} s")
        ended = time.time()
        Path(folder, "stop").touch()
        output, _ = editor.communicate()
    waits = json.loads(output)
    calm = [total for at, total, _lock in waits if at < started]
    busy = [(total, lock) for at, total, lock in waits if started <= at <= ended]
    if busy:
        totals, locks = sorted(total for total, _ in busy), sorted(lock for _, lock in busy)
        print(
            f"second editor: {len(busy)} publications, {statistics.median(calm):.0f} ms each when "
            f"calm; during the rename median {statistics.median(totals):.0f} ms, p95 "
            f"{totals[int(len(totals) * 0.95)]:.0f} ms, at most {totals[-1]:.0f} ms; of which "
            f"waiting: p95 {locks[int(len(locks) * 0.95)]:.0f} ms, at most {locks[-1]:.0f} ms"
        )
    Path(folder, "stop").unlink()
    renamed = Entry.objects.filter(search_text__contains=name).count()
    print(f"entries found by the new name: {renamed:,}")


def finish_index() -> None:
    """Wait until everything is indexed."""
    try:
        from kb.record.pending_index import drain
    except ImportError:
        return
    drain()


def edit_until_stopped(folder: str) -> None:
    """The second editor: publish again and again; print when, how long, and how long it waited."""
    from django.db import transaction

    from kb.desk.models import Topic
    from kb.desk.verbs import publishing

    waits: list[tuple[float, float, float]] = []
    locks: list[float] = []
    bump = publishing.bump_version

    def timed() -> int:
        # The time since the transaction was asked for, which SQLite opens with the write lock.
        number = bump()
        locks.append((time.perf_counter() - begun) * 1000)
        return number

    publishing.bump_version = timed
    topic = Topic.objects.create(name="Edited", slug=f"edited-{secrets.token_hex(8)}")
    stop = Path(folder, "stop")
    while not stop.exists():
        topic.name = f"Edited {len(waits)}"
        begun, at = time.perf_counter(), time.time()
        with transaction.atomic():
            topic.save()
            publishing.publish(topic, by=None)
        waits.append((at, (time.perf_counter() - begun) * 1000, locks[-1]))
        time.sleep(0.05)
    print(json.dumps(waits))


def rebuild(entries: int, *, profile: bool) -> None:
    """Print how many entries a second ``rebuild_index`` indexes."""
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    took = milliseconds(lambda: call_command("rebuild_index", verbosity=0))
    profiler.disable()
    print(f"rebuild    of {entries:,} entries: {took / 1000:.1f} s, {entries / took * 1000:,.0f}/s")
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(40)


def import_plain(rows: int, folder: str, *, profile: bool) -> None:
    """Print how many rows a second ``import_csv`` stores as drafts."""
    from bench.import_rows import table

    path = Path(folder, "rows.csv")
    path.write_text(table(rows), encoding="utf-8")
    profiler = cProfile.Profile()
    if profile:
        profiler.enable()
    took = milliseconds(lambda: call_command("import_csv", str(path), verbosity=0))
    profiler.disable()
    print(f"import     of {rows:,} rows: {took / 1000:.1f} s, {rows / took * 1000:,.0f}/s")
    if profile:
        pstats.Stats(profiler).sort_stats("tottime").print_stats(40)


def set_up(folder: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "kb.settings"
    os.environ["KB_DATA_DIR"] = folder
    os.environ.setdefault("KB_SECRET_KEY", secrets.token_urlsafe(50))
    os.environ["KB_DEBUG"] = "False"
    django.setup()
    logging.disable(logging.INFO)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("entries", type=int, nargs="*", default=[1000, 100_000])
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    parser.add_argument("--only", nargs="*", help="publish, rename, rebuild, import")
    parser.add_argument("--rows", type=int, default=20_000, help="rows to import")
    parser.add_argument("--editor", metavar="FOLDER", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help="keep the filled database here, and use it again")
    options = parser.parse_args()
    if options.editor:
        set_up(options.editor)
        edit_until_stopped(options.editor)
        return
    parts = options.only or ["publish", "rename", "rebuild", "import"]
    folder = options.folder or tempfile.mkdtemp(prefix="kb-bench-")
    set_up(folder)
    for entries in options.entries:
        filled = Path(folder, f"filled-{entries}")
        call_command("migrate", verbosity=0)
        if not filled.exists():
            call_command("flush", interactive=False, verbosity=0)
            took = milliseconds(lambda count=entries: fill(count))
            print(f"filled with {entries:,} entries in {took / 1000:.0f} s", flush=True)
            if options.folder:
                filled.touch()
        if "publish" in parts:
            publish_statements(entries, profile=options.profile)
    if "rename" in parts:
        rename(entries, folder)
    if "rebuild" in parts:
        rebuild(entries, profile=options.profile)
    if "import" in parts:
        import_plain(options.rows, folder, profile=options.profile)


if __name__ == "__main__":
    main()
