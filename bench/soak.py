"""Read, search, download and publish for an hour: ``python -m bench.soak --minutes 60``.

A server with 20,000 generated entries gets mixed requests at a steady rate, while an editor
publishes every five seconds. Memory, open files and connections of its processes are measured
every ten seconds. What they are after the first tenth, when everything is kept that may be, is
compared with the last tenth. The exit status is 1 if memory has grown by more than 5 %, if files
or connections grew by more than one thread has, or if a response had a wrong status.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import count, cycle
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from bench.arrivals import Crowd, Request, Visitors, failures, mixed, statuses
from bench.beside import beside
from bench.exports import memory
from bench.served import Site, known_pages, new_filters, served
from bench.writes import set_up

MAX_GROWTH_PERCENT, MAX_MORE_FILES = 5.0, 4.0
SAMPLE_SECONDS, PUBLISH_SECONDS, CLIENTS = 10, 5, 20
FIRST_TIMES = 3
DOWNLOADS = ("/timeline.csv", "/timeline.ics", "/timeline.atom", "/timeline.json?size=100")
# Refused with a reason, which is right.
REFUSED = ("/timeline/?from=never", "/timeline/?q=%00", "/actors/nobody/", "/api/entries/0")


class Sample(NamedTuple):
    """Memory in MB, open files and open connections of all workers together."""

    memory_mb: float
    files: int
    connections: int


class Growth(NamedTuple):
    """How much the last tenth of the samples has more than the first one after the beginning."""

    memory_percent: float
    files: float
    connections: float


def sample(site: Site) -> Sample:
    """Measure the workers now."""
    targets = [
        os.readlink(link) for pid in site.workers for link in Path(f"/proc/{pid}/fd").iterdir()
        if os.path.lexists(link)
    ]  # fmt: skip
    connections = sum(target.startswith("socket:") for target in targets)
    return Sample(sum(map(memory, site.workers)), len(targets), connections)


def growth(samples: Sequence[Sample]) -> Growth:
    """Compare the second tenth with the last one; samples are at least 20."""
    tenth = len(samples) // 10
    first, last = samples[tenth : 2 * tenth], samples[-tenth:]
    before = [mean(values) for values in zip(*first, strict=True)]
    after = [mean(values) for values in zip(*last, strict=True)]
    return Growth(
        100 * (after[0] - before[0]) / before[0], after[1] - before[1], after[2] - before[2]
    )


def downloads() -> Iterator[Request]:
    return (Request("download", path) for path in cycle(DOWNLOADS))


def refused() -> Iterator[Request]:
    return (Request("refused", path) for path in cycle(REFUSED))


def searches() -> Iterator[Request]:
    return (Request("search", f"/search/?q=the+{number}") for number in count())


def watch(site: Site, samples: list[Sample], stop: threading.Event) -> None:
    while not stop.wait(SAMPLE_SECONDS):
        samples.append(sample(site))


def publish_until_stopped(folder: Path) -> None:
    """The editor: publish a topic again and again."""
    from kb.desk.models import Topic
    from kb.desk.verbs.publishing import publish

    topic = Topic.objects.create(name="Soaked", slug=f"soaked-{secrets.token_hex(8)}")
    for number in count():
        if (folder / "stop").exists():
            return
        topic.name = f"Soaked {number}"
        topic.save()
        publish(topic, by=None)
        time.sleep(PUBLISH_SECONDS)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="at least 4")
    parser.add_argument("--rate", type=float, default=4, help="requests a second")
    parser.add_argument("--entries", type=int, default=20_000)
    parser.add_argument("--editor", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.editor:
        set_up(options.editor)
        publish_until_stopped(Path(options.editor))
        return 0
    seconds = options.minutes * 60
    # A small memory for kept responses is full before the first comparison.
    with served(options.entries, KB_KEPT_ANSWERS_MB="8") as site:
        folder = Path(site.environment["KB_DATA_DIR"])
        samples: list[Sample] = []
        stop = threading.Event()
        watcher = threading.Thread(target=watch, args=(site, samples, stop), daemon=True)
        command = ["-m", "bench.soak", "--editor", str(folder)]
        with beside(command, environment=site.environment) as editor:
            watcher.start()
            crowd = Crowd(Visitors(site.port), CLIENTS)
            shares = (
                (0.6, known_pages(site)),
                (0.2, new_filters()),
                (0.1, searches()),
                (0.02, downloads()),
                (0.08, refused()),
            )
            # More of them at first, so that everything is kept that may be before it is compared.
            requests = mixed(shares)
            crowd.arrive(requests, FIRST_TIMES * options.rate, seconds / 10)
            crowd.arrive(requests, options.rate, seconds * 9 / 10)
            responses = crowd.leave()
            stop.set()
            watcher.join()
            (folder / "stop").touch()
            editor.wait()
    grown = growth(samples)
    wanted = [response for response in responses if response.kind != "refused"]
    wrong = failures(wanted, may_refuse=True)
    errors = sum(status in (0, 500, 502) for status in statuses(responses).elements())
    print(f"statuses: {dict(statuses(responses))}")
    tenth = len(samples) // 10
    tenths = [samples[start : start + tenth] for start in range(0, 10 * tenth, tenth)]
    memories = [mean(taken.memory_mb for taken in part) for part in tenths]
    print(f"memory in each tenth: {', '.join(f'{memory_mb:.0f}' for memory_mb in memories)} MB")
    print(
        f"{len(responses):,} requests in {options.minutes:g} minutes, {options.entries:,} "
        f"entries: {errors} errors, {wrong} wrong statuses; memory of the workers "
        f"{samples[-1].memory_mb:.0f} MB, grown by {grown.memory_percent:.1f} %; "
        f"{grown.files:+.0f} open files and {grown.connections:+.0f} connections"
    )
    is_leaking = grown.memory_percent > MAX_GROWTH_PERCENT or max(grown[1:]) > MAX_MORE_FILES
    return 1 if errors or wrong or editor.returncode or is_leaking else 0


if __name__ == "__main__":
    sys.exit(main())
