"""``manage.py import_csv FILE``: the other name of import_table."""

from kb.desk.management.commands.import_table import Command as Command
