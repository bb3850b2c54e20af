"""``python -m kb``: Django's commands where the wheel is installed and there is no manage.py."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run the command named on the command line, with ``kb.settings`` if no others are named."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kb.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
