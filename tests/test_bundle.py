"""Stylesheets have all their parts, and static files have addresses also before collectstatic."""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from kb.bundle import STYLESHEETS, StaticStorage, stylesheet, stylesheet_parts


def test_every_stylesheet_part_is_used():
    folder = stylesheet_parts("css/site.css")[0].parent
    joined = {part for name in STYLESHEETS for part in stylesheet_parts(name)}
    assert sorted(folder.glob("*.css")) == sorted(joined)


@pytest.mark.parametrize("name", ["css/site.css", "css/framed-auto.css"])
def test_only_comments_and_spaces_are_removed(name):
    def bare(text):
        return re.sub(r"[\s;]+", "", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL))

    whole = "".join(part.read_text(encoding="utf-8") for part in stylesheet_parts(name))
    assert bare(stylesheet(name)) == bare(whole)
    assert "/*" not in stylesheet(name)


@pytest.mark.parametrize(("look", "media"), [("light", "not all"), ("dark", "all")])
def test_theme_of_an_embed_ignores_the_readers_preference(look, media):
    chosen, own = stylesheet(f"css/framed-{look}.css"), stylesheet("css/framed-auto.css")
    assert "prefers-color-scheme" not in chosen
    assert f"@media {media}{{:root,:host{{--paper:#111517" in chosen
    assert f"color-scheme:{look}" in chosen
    assert "prefers-color-scheme:dark" in own


@pytest.mark.parametrize("name", STYLESHEETS)
def test_finder_builds_a_stylesheet_again_when_a_part_is_newer(name):
    path = finders.find(name)
    assert path
    os.utime(path, (0, 0))
    with open(path, "w") as file:
        file.write("old")
    os.utime(path, (0, 0))
    assert finders.find(name) == path
    with open(path, encoding="utf-8") as file:
        assert file.read() == stylesheet(name)


def test_finder_builds_a_stylesheet_in_several_threads_at_once():
    path = finders.find("css/site.css")
    assert path
    for _ in range(10):
        os.utime(path, (0, 0))
        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(finders.find, ["css/site.css"] * 8)) == {path}
    with open(path, encoding="utf-8") as file:
        assert file.read() == stylesheet("css/site.css")
    assert [path.name for path in Path(path).parent.iterdir() if "-" in path.suffix] == []


# --- Addresses ---------------------------------------------------------------------------------


def test_file_has_its_plain_name_before_anything_is_collected(tmp_path, caplog):
    storage = StaticStorage(location=tmp_path, base_url="/static/")
    with caplog.at_level("WARNING", logger="kb.bundle"):
        assert storage.url("css/site.css") == "/static/css/site.css"
        assert storage.url("img/favicon.svg#mark") == "/static/img/favicon.svg#mark"
    assert len(caplog.records) == 1, "logged once, not for each file"
    assert "collectstatic" in caplog.text


def test_file_has_its_digest_when_it_was_collected(tmp_path):
    manifest = {"version": "1.1", "paths": {"css/site.css": "css/site.0123.css"}, "hash": "0"}
    (tmp_path / "staticfiles.json").write_text(json.dumps(manifest))
    storage = StaticStorage(location=tmp_path, base_url="/static/")
    assert storage.url("css/site.css") == "/static/css/site.0123.css"
    assert storage.url("css/new.css") == "/static/css/new.css"
