#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    if sys.argv[1:2] == ["demo"]:
        # The one command that may start without a secret key: it makes one. Everything else
        # refuses, so a lost key shows itself instead of signing everybody out quietly.
        from kb import env

        env.make_secret_key(env.data_dir(Path(__file__).resolve().parent))

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
