"""The kinds of entries that are entered in lines, in the order of their tables.

A kind is added with a module here and a line in ``LINE_KINDS``.
"""

from kb.desk.admin.workbench.lines.kinds.base import LineKind
from kb.desk.admin.workbench.lines.kinds.events import EventLines
from kb.desk.admin.workbench.lines.kinds.requests import RequestLines
from kb.desk.admin.workbench.lines.kinds.statements import StatementLines

LINE_KINDS: dict[str, LineKind] = {
    kind.name: kind for kind in (StatementLines(), EventLines(), RequestLines())
}
