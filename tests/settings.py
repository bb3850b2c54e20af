"""Settings for tests: the settings of the program with a test key and a temporary folder.

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

_browsers = {"KB_CHROMIUM", "KB_FIREFOX"}
for _name in [name for name in os.environ if name.startswith("KB_") and name not in _browsers]:
    del os.environ[_name]
os.environ["KB_DATA_DIR"] = _folder
os.environ["KB_SECRET_KEY"] = "only-for-tests-" + "0123456789abcdef" * 4
os.environ.pop("PORT", None)
# Tests of the limit set their own. On a slow machine the default would fail other tests.
os.environ["KB_READER_TIMEOUT_MS"] = "60000"

from kb.settings import *  # noqa: E402, F403
from kb.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

# Tests of the reading index build it; KB_TEST_READING_INDEX lets it serve in all other tests too.
READING_INDEX = None
READING_INDEX_BUILDS = False

# The manifest is for production: tests must not need `collectstatic`.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
Path(_folder, "static").mkdir()
# Every test client would search the files again, which is slow.
WHITENOISE_USE_FINDERS = False

# `kb.wsgi` is Django alone: a response that was kept would hide what a test changes.
# tests/response_cache/ puts the cache in front of it.
KEPT_ANSWERS_MB = 0

# The default is slow on purpose, which tests do not need.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
