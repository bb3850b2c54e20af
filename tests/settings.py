"""The settings of the program, started as a test machine would: own key, own throw-away folder.

``DATABASE_URL`` chooses PostgreSQL. Without it the tests run on an SQLite file, and not on a
database in memory, because the readers' connection must open the same database a second time.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

# Each process of a parallel run has its own folder, so nothing needs a suffix.
_folder = tempfile.mkdtemp(prefix="kb-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

for _name in [name for name in os.environ if name.startswith("KB_") and name != "KB_CHROMIUM"]:
    del os.environ[_name]
os.environ["KB_DATA_DIR"] = _folder
os.environ["KB_SECRET_KEY"] = "only-for-tests-" + "0123456789abcdef" * 4
os.environ.pop("PORT", None)

from kb.settings import *  # noqa: E402, F403
from kb.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

# The manifest is for production: tests must not need `collectstatic` first.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
Path(_folder, "static").mkdir()
# For the same reason the files are not looked for anew by every client that a test makes.
WHITENOISE_USE_FINDERS = False

# Made to be slow, which a thousand tests need not be.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
