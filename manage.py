#!/usr/bin/env python
"""Django's command line for this project."""

import os
import sys
from pathlib import Path

# Commands that create a secret key if there is none, with their defaults for settings. All others
# refuse to start without a key, because a new key would sign out every editor.
STARTERS: dict[str, dict[str, str]] = {
    "demo": {},
    "dev": {"KB_DEBUG": "True", "KB_DATA_DIR": "var/dev"},
}


def main() -> None:
    """Run the command named on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    command = sys.argv[1] if sys.argv[1:] else ""
    if command in STARTERS:
        prepare(STARTERS[command])

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


def prepare(defaults: dict[str, str]) -> None:
    """Set the settings that are not in the environment, and create a secret key."""
    from kb import env

    for name, value in defaults.items():
        if not os.environ.get(name, "").strip():
            os.environ[name] = value
    env.report_in_one_line()
    env.make_secret_key(env.data_dir(Path(__file__).resolve().parent))


if __name__ == "__main__":
    main()
