"""The one stylesheet holds every part, and the finder makes it anew when a part changes."""

import os
import re

import pytest
from django.contrib.staticfiles import finders

from kb.bundle import SHEETS, parts, stylesheet


def test_every_part_of_the_folder_is_in_a_bundle():
    folder = parts("css/site.css")[0].parent
    joined = {part for name in SHEETS for part in parts(name)}
    assert sorted(folder.glob("*.css")) == sorted(joined)


@pytest.mark.parametrize("name", ["css/site.css", "css/framed-auto.css"])
def test_nothing_but_comments_and_spaces_is_lost(name):
    def bare(text):
        return re.sub(r"[\s;]+", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))

    whole = "".join(part.read_text(encoding="utf-8") for part in parts(name))
    assert bare(stylesheet(name)) == bare(whole)
    assert "/*" not in stylesheet(name)


@pytest.mark.parametrize(("look", "media"), [("light", "not all"), ("dark", "all")])
def test_a_framed_look_is_the_same_whatever_the_reader_prefers(look, media):
    chosen, own = stylesheet(f"css/framed-{look}.css"), stylesheet("css/framed-auto.css")
    assert "prefers-color-scheme" not in chosen
    assert f"@media {media}{{:root,:host{{--paper: #111517" in chosen
    assert f"color-scheme: {look}" in chosen
    assert "prefers-color-scheme: dark" in own


@pytest.mark.parametrize("name", SHEETS)
def test_the_finder_makes_it_anew_when_a_part_is_newer(name):
    made = finders.find(name)
    assert made
    os.utime(made, (0, 0))
    with open(made, "w") as file:
        file.write("old")
    os.utime(made, (0, 0))
    assert finders.find(name) == made
    with open(made, encoding="utf-8") as file:
        assert file.read() == stylesheet(name)
