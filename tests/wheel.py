"""Build the wheel, install it into a fresh environment and serve the sample story from there.

``make wheel`` runs it, with the folder that the wheel is written to as its argument. It is no part
of ``make test``: the build backend and the packages come from a registry.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Run by the installed program, in a folder that holds nothing of the checkout.
REQUESTS = """
import django
django.setup()
from django.conf import settings
from django.test import Client
from django.utils.translation import gettext, override
import kb
assert "site-packages" in kb.__file__, kb.__file__
client = Client()
page = client.get("/timeline/", headers={"host": "127.0.0.1"})
text = page.content.decode()
assert page.status_code == 200, page.status_code
assert 'id="view"' in text, "the template of the timeline is missing"
sheet = text.partition('rel="stylesheet" href="')[2].partition('"')[0]
assert (settings.STATIC_ROOT / sheet.removeprefix(settings.STATIC_URL)).is_file(), sheet
with override("zh-hans"):
    assert gettext("Timeline") != "Timeline", "the translations are missing"
answer = client.get("/timeline.json", headers={"host": "127.0.0.1"}).json()
assert answer["count"]["certain"] > 0, answer["count"]
print("The installed wheel serves", sheet)
"""


def run(*command: str | Path, **options: object) -> None:
    """Run one command and stop at the first that fails."""
    print("$", *command, flush=True)
    subprocess.run([str(part) for part in command], check=True, **options)


def main(target: Path) -> None:
    """Build into ``target``, then check and serve from an environment of its own."""
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")
    for wheel in target.glob("on_the_record-*.whl"):
        wheel.unlink()
    run(*pip, "wheel", ROOT, "--no-deps", "--wheel-dir", target)
    (wheel,) = target.glob("on_the_record-*.whl")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(sys.executable, "-m", "venv", folder / "venv")
        python = folder / "venv" / "bin" / "python"
        pip = (python, *pip[1:])
        run(*pip, "install", "--require-hashes", "--requirement", ROOT / "requirements.lock")
        run(*pip, "install", "--no-deps", "--no-index", wheel.resolve())
        # The folder for the database has to be there; whoever installs decides where.
        (folder / "empty" / "var").mkdir(parents=True)
        env = {"PATH": os.environ["PATH"], "KB_SECRET_KEY": "only-for-this-check-" * 3}
        options = {"cwd": folder / "empty", "env": env}
        run(python.parent / "on-the-record", "check", **options)
        for command in ("migrate", "loaddata bytedance-openai", "collectstatic --noinput"):
            run(python, "-m", "kb", *command.split(), "--verbosity=0", **options)
        env["DJANGO_SETTINGS_MODULE"] = "kb.settings"
        run(python, "-c", REQUESTS, **options)
        assert (folder / "empty" / "var" / "record.sqlite3").is_file()
    print(f"Built {wheel}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
