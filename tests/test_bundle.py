"""The one stylesheet holds every part, and the finder makes it anew when a part changes."""

import os
import re

from django.contrib.staticfiles import finders

from kb.bundle import NAME, parts, stylesheet


def test_every_part_of_the_folder_is_in_the_bundle():
    folder = parts()[0].parent
    assert sorted(folder.glob("*.css")) == sorted(parts())


def test_nothing_but_comments_and_spaces_is_lost():
    def bare(text):
        return re.sub(r"[\s;]+", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))

    whole = "".join(part.read_text(encoding="utf-8") for part in parts())
    assert bare(stylesheet()) == bare(whole)
    assert "/*" not in stylesheet()


def test_the_finder_makes_it_anew_when_a_part_is_newer():
    made = finders.find(NAME)
    assert made
    os.utime(made, (0, 0))
    with open(made, "w") as file:
        file.write("old")
    os.utime(made, (0, 0))
    assert finders.find(NAME) == made
    with open(made, encoding="utf-8") as file:
        assert file.read() == stylesheet()
