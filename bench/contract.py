"""Test the API against its description with 20,000 cases: ``python -m bench.contract``.

Uses the database in ``DATABASE_URL``, or SQLite, with a test database and the sample story. For
PostgreSQL: ``python -m tests.postgres -- python -m bench.contract``. Prints the figures; the exit
status is 1 after a failure.
"""

from __future__ import annotations

import argparse
import os
import sys
import time


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000, help="at least so many requests")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="a regular expression for the paths")
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    import logging

    from django.test.runner import DiscoverRunner

    # Thousands of refused requests would each log a line.
    logging.disable(logging.WARNING)

    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        return _run(options)
    finally:
        runner.teardown_databases(databases)


def _run(options: argparse.Namespace) -> int:
    from django.core.management import call_command
    from django.db import connection

    from kb.wsgi import application
    from tests import contract, second_connection

    call_command("loaddata", "bytedance-openai", verbosity=0)
    role = second_connection.open_to_test_database()
    total, failures, examples, seed = 0, {}, 10, options.seed
    started = time.monotonic()
    try:
        while total < options.cases:
            report = contract.run(application, examples=examples, seed=seed, only=options.only)
            total += report.total
            failures |= report.failures
            print(
                f"{connection.vendor}: seed {seed}, {examples} examples a phase, "
                f"{len(report.operations)} operations, {report.total} cases {dict(report.cases)}, "
                f"{sum(report.checks.values())} checks, {len(report.failures)} failures",
                flush=True,
            )
            if failures or not report.total:
                break
            examples, seed = examples * 2, seed + 1
    finally:
        second_connection.close(role)
    for name, message in failures.items():
        print(f"FAILED {name}\n{message}\n")
    took = time.monotonic() - started
    print(f"{connection.vendor}: {total} cases in {took:.0f} s, {len(failures)} failures")
    return 1 if failures or total < options.cases else 0


if __name__ == "__main__":
    sys.exit(main())
