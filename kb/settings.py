"""The settings of the demo, tests and production.

Settings that differ between installations are read with ``kb.env``; all others are set here. The
defaults are restrictive: no debug pages, only local host names, and no default key unless
``KB_DEBUG`` is on.
"""

from pathlib import Path
from urllib.parse import urlsplit

from kb import env
from kb.logs import logging_settings
from kb.record.desk_connection import follow_primary
from kb.record.private_files import STORAGE_RIGHTS
from kb.record.reader_servers import reader_databases

env.report_in_one_line()

PACKAGE_DIR = Path(__file__).resolve().parent
# In a checkout templates, static files and fixtures lie beside the package, in a wheel inside it
# (`force-include` in pyproject.toml).
IS_INSTALLED = (PACKAGE_DIR / "assets").is_dir()
BASE_DIR = PACKAGE_DIR / "assets" if IS_INSTALLED else PACKAGE_DIR.parent
# An installed program never writes beside its code: KB_DATA_DIR starts from the current folder.
DATA_DIR = env.data_dir(Path.cwd() if IS_INSTALLED else BASE_DIR)

# --- Installation ----------------------------------------------------------------------------

PORT = env.number(
    "PORT",
    8000,
    least=1,
    most=65535,
    help="Port for `make demo` and `make dev` on 127.0.0.1.",
)
# Absolute addresses in feeds, exports and citations use this and not the request: a visitor can
# send any Host header, and a cache would send the result to others.
SITE_URL = env.url(
    "KB_SITE_URL",
    f"http://127.0.0.1:{PORT}",
    help="Public URL of the site, without a trailing slash; it may have a path. `https://` enables "
    "HSTS, secure cookies and the redirect to HTTPS.",
)
FIRST_SITE_URL = env.url(
    "KB_FIRST_SITE_URL",
    SITE_URL,
    help="Earlier `KB_SITE_URL` of a site that has moved: ids in feeds and calendars keep it, so "
    "that nothing appears twice to those who follow. If empty, `KB_SITE_URL`.",
)
SITE_NAME = env.text(
    "KB_SITE_NAME", "On the Record", help="Site name, shown at the top of every page."
)
DATA_LICENCE = env.text(
    "KB_DATA_LICENCE",
    help="Licence of the data: a name, a URL, or both, such as `CC BY 4.0 "
    "https://creativecommons.org/licenses/by/4.0/`. It does not apply to sources. If "
    "empty, no licence is stated.",
)
SECURITY_CONTACT = env.text(
    "KB_SECURITY_CONTACT",
    help="Where to report security issues, and whom to write to besides the form for errors in the "
    "record: an email address or a URL. If empty, there is no `/.well-known/security.txt`, and "
    "`/about/` has no contact.",
)
OPERATOR = env.text(
    "KB_OPERATOR",
    help="Who operates the site: the name of a person or an organisation, shown on `/about/`.",
)
OPERATOR_ADDRESS = env.text(
    "KB_OPERATOR_ADDRESS",
    help="Postal address of the operator in one line, shown on `/about/`. Some countries require "
    "one.",
)
CARD_FONT = env.text(
    "KB_CARD_FONT",
    help="Font file (TTF, OTF or TTC) for letters that the fonts of the program do not have, such "
    "as Chinese, on the pictures of shared links. Without it, such texts are left out of them.",
)
IS_HTTPS = SITE_URL.startswith("https://")
# The path of the site on its host, "" for a site of its own: in front of every link.
SITE_PATH = urlsplit(SITE_URL).path
FORCE_SCRIPT_NAME = SITE_PATH or None
ADMIN_PATH = env.url_path("KB_ADMIN_PATH", "admin/", help="Path of the desk, relative to the root.")

DEBUG = env.flag(
    "KB_DEBUG",
    help="Development mode: detailed error pages, static files without `collectstatic`, and a "
    "public secret key if none is set. Never enable this on a public server.",
)
SECRET_KEY = env.secret_key(DATA_DIR, debug=DEBUG)
SIGNING_KEY = env.secret(
    "KB_SIGNING_KEY",
    help="Signs checkpoints of the public log (`docs/proof.md`) and static exports: 32 random "
    "bytes in Base64. If empty, they are not signed.",
)
ALLOWED_HOSTS = env.names(
    "KB_ALLOWED_HOSTS",
    help="Allowed host names, separated by commas. If empty, the host of `KB_SITE_URL` and "
    "local host names.",
) or sorted({urlsplit(SITE_URL).hostname or "localhost", "127.0.0.1", "localhost", "[::1]"})

# --- Apps and middleware ---------------------------------------------------------------------

INSTALLED_APPS = [
    # Before Django's apps, so that the `loaddata` of kb.desk runs, which also publishes.
    "kb.desk",
    "kb.record",
    "kb.apps.WiringConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # `runserver` lets WhiteNoise serve static files, with the same headers as in production.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    # Sign-in (kb/desk/signin/), without mail, sign-up and other sites.
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    # Outside of everything that sets a header from the body.
    "kb.head_responses.HeadResponses",
    # Around everything, so that every response and every log line has the request's id.
    "kb.logs.RequestLog",
    # Outside of all that may respond, so that redirects, errors and static files have the headers.
    "kb.middleware.SecurityHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kb.health.probes.Probes",
    # Before anything that reads or repeats the query, such as a redirect.
    "kb.tracking.TrackingParameters",
    "django.middleware.security.SecurityMiddleware",
    # Outside of middleware that may return an error, so that scripts on other sites can read it.
    "kb.middleware.PublicData",
    # Before anything reads the path, the query, the form or a cookie.
    "kb.middleware.HostileInput",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Outside of middleware that returns streams, so that it compresses them piece by piece.
    "kb.middleware.PublicGzip",
    # Before everything that creates links or text.
    "kb.languages.LanguagePrefix",
    # From here on, only requests for the desk can read the tables of the desk.
    "kb.middleware.PublicWall",
    "kb.publication_cookie.PublicationCookie",
    # Those of `kb.desk` run for requests to the desk only, so no page for readers sets a cookie.
    "kb.desk.signin.desk_only.NoStore",
    "kb.desk.signin.desk_only.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Before the length of a page is known.
    "kb.removal_markers.RemovalMarkers",
    "kb.desk.signin.desk_only.CsrfViewMiddleware",
    "kb.desk.signin.desk_only.AuthenticationMiddleware",
    "kb.desk.signin.desk_only.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # it reads no cookie of a reader
    "kb.desk.signin.sessions.SessionLimits",
    "kb.desk.signin.access.AccessMiddleware",
    "kb.desk.database_unavailable.DatabaseUnavailableMiddleware",
]
if DEBUG:
    MIDDLEWARE.insert(3, "kb.middleware.Development")  # inside the security headers
ROOT_URLCONF = "kb.urls"
WSGI_APPLICATION = "kb.wsgi.application"
APPEND_SLASH = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["kb.loaders.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                # The admin requires these two. Public pages have neither a user nor messages.
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kb.desk.signin.context.signin_context",
            ],
            # kb.site is not an app, because it has no tables, so its tags are listed here.
            "libraries": {
                "pages": "kb.site.templatetags.pages",
                "record": "kb.site.templatetags.record",
                "entries": "kb.site.templatetags.entries",
                "contact": "kb.site.templatetags.contact",
                "separators": "kb.site.templatetags.separators",
            },
        },
    }
]
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# --- Responses kept in memory, in front of Django (kb/response_cache/) ------------------------

KEPT_ANSWERS_MB = env.number(
    "KB_KEPT_ANSWERS_MB",
    64,
    most=1024 * 1024,
    help="Memory of each worker process for finished responses, in MB; `0` keeps none. With "
    "`KB_DEBUG` none are kept.",
)
if DEBUG:
    # A page would not change with its template.
    KEPT_ANSWERS_MB = 0

# --- Databases: the desk writes through `default`, readers read through `public` -------------

DATABASES = {
    "default": env.database(
        "KB_DATABASE_URL",
        "DATABASE_URL",
        help="Database URL: `postgres://user:password@host:port/name` or `sqlite:///path`. If "
        "empty, `record.sqlite3` in `KB_DATA_DIR`. Of several PostgreSQL servers "
        "(`host1,host2:5433`) the primary is used.",
    )
    or {"ENGINE": env.SQLITE, "NAME": str(DATA_DIR / "record.sqlite3")},
}
if DATABASES["default"].get("NAME") == str(DATA_DIR / "record.sqlite3"):
    # SQLite creates the file, but not the folder.
    env.make_data_dir(DATA_DIR)
if DATABASES["default"]["ENGINE"] == env.SQLITE:
    DATABASES["default"]["OPTIONS"] = {
        # IMMEDIATE takes the write lock at BEGIN. A deferred transaction that starts to write after
        # another connection has written fails at once, whatever the timeout.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: a confirmed save survives a power cut.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
            # What is deleted is overwritten, so that removed words are not in the file any more.
            "PRAGMA secure_delete=ON;"
        ),
    }
else:
    DATABASES["default"] = follow_primary(DATABASES["default"])
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

DATABASES |= reader_databases(
    DATABASES["default"],
    own=env.database(
        "KB_PUBLIC_DATABASE_URL",
        help="PostgreSQL: database URL for public pages, if different. It may name several "
        "replicas: `postgres://user:password@replica1,replica2:5433/name`.",
    ),
    user=env.text(
        "KB_PUBLIC_DB_USER",
        help="PostgreSQL: name of the public database role. Create it with `manage.py "
        "create_public_role`.",
    ),
    password=env.secret(
        "KB_PUBLIC_DB_PASSWORD", help="PostgreSQL: password of the public database role."
    ),
)
DATABASES = dict(env.check_databases(DATABASES))
READERS_ON_PRIMARY = env.flag(
    "KB_READERS_ON_PRIMARY",
    help="Serve readers from the database of the desk while no replica answers. Otherwise they get "
    "a 503 error.",
)
DATABASE_ROUTERS = ["kb.record.wall.RecordRouter"]

# --- Reading index (docs/architecture.md) -----------------------------------------------------

READING_INDEX = env.file_or_off(
    "KB_READING_INDEX",
    DATA_DIR / "reading.index",
    help="File of the reading index, from which large records are counted and sorted; `off` uses "
    "the database alone.",
)
READING_INDEX_BUILDS = env.flag(
    "KB_READING_INDEX_BUILDS",
    True,
    help="Let the web server build the reading index in the background, when it is missing or "
    "old and the record is large. Otherwise run `manage.py build_reading_index`.",
)

# --- Language and time -----------------------------------------------------------------------

# The first has no prefix; kb/languages.py adds the prefix of the others.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
FORMAT_MODULE_PATH = ["kb.locale"]  # typed dates are read alike in both languages
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files ----------------------------------------------------------------------------

# Below the path of the site, as middleware sees it; and in links.
STATIC_PATH = "/static/"
STATIC_URL = SITE_PATH + STATIC_PATH
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "kb.bundle.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
# By default WhiteNoise lets every other site read the files. kb.middleware opens only the files
# that embeds need.
WHITENOISE_ALLOW_ALL_ORIGINS = False
# Without a manifest the files were not collected. They are then served from the source folders,
# uncompressed. kb/checks.py reports it (kb.W007, kb.E007).
WHITENOISE_USE_FINDERS = DEBUG or not (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": DATA_DIR / "files", **STORAGE_RIGHTS},
    },
    "staticfiles": {"BACKEND": "kb.bundle.StaticStorage"},
}

# --- Exports and backups ---------------------------------------------------------------------

# In DATA_DIR (export_files.py and line_files.py in kb/site/http/).
EXPORT_FILES, EXPORT_LINES = "exports", "export-lines"
EXPORT_FILES_MB = env.number(
    "KB_EXPORT_FILES_MB",
    1000,
    help="Megabytes for exports stored in `KB_DATA_DIR`, so that a repeated download is a copy "
    "of a file; `0` stores none.",
)
PAST_RECORDS_MB = env.number(
    "KB_PAST_RECORDS_MB", 2000, least=1, help="Megabytes for earlier days (`on`) in `KB_DATA_DIR`."
)
EXPORT_LINES_MB = env.number(
    "KB_EXPORT_LINES_MB", 500, help="MB for the kept lines of each export format; `0` keeps none."
)
BACKUP_STATUS = env.file_or_off(
    "KB_BACKUP_STATUS",
    DATA_DIR / "backup-status.json",
    help="File that notes when a backup was last made, checked and restored; `off` notes nothing.",
)

# --- Security (docs/security.md explains each) -----------------------------------------------

# An event with 300 citations is a form of about 2,500 fields. With Django's limit of 1,000 an
# editor would get a 400 error and lose the text.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
TWO_PERSONS = env.flag(
    "KB_TWO_PERSONS",
    help="Require approval from someone other than the author before publishing.",
)
NOTIFY_WEBHOOK = env.webhook(
    "KB_NOTIFY_WEBHOOK",
    help="URL that is told as JSON when records are sent for review or sent back. Empty: none.",
)
# Pages that the desk may fetch for an editor (kb/desk/webpage/fetch.py checks them).
FETCH_PAGES = env.flag(
    "KB_FETCH_PAGES",
    help="Fetch pages of sources, to fill in a title, publisher and date, and to check links.",
)
FETCH_ALLOWED = env.networks(
    "KB_FETCH_ALLOWED",
    help="Private networks to fetch pages from on ports 80 and 443, such as `10.1.0.0/16`, or on "
    "another port, such as `10.1.2.3:8080` or `[fd00::1]:8080`, separated by commas.",
)
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = env.flag(
    "KB_HSTS_WHOLE_DOMAIN",
    help="Include subdomains in HSTS, as required for the browsers' preload lists.",
)
BEHIND_PROXY = env.flag(
    "KB_BEHIND_PROXY",
    help="The site runs behind a proxy that sets or removes `X-Forwarded-Proto` on every "
    "request and appends the client address to `X-Forwarded-For`.",
)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
USE_X_FORWARDED_HOST = False
# Forms of the site are accepted even if a proxy sends its own Host instead of the site's.
CSRF_TRUSTED_ORIGINS = [env.origin_of(SITE_URL)]

# With `__Host-`, browsers reject the cookie from a subdomain or over plain HTTP. It requires the
# path /, so below a path the name is `__Secure-`: other sites of the host get no cookie.
_COOKIE_PREFIX = "" if not IS_HTTPS else "__Secure-" if SITE_PATH else "__Host-"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
PUBLICATION_COOKIE_NAME = f"{_COOKIE_PREFIX}published"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = PUBLICATION_COOKIE_PATH = f"{SITE_PATH}/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
# The language of the desk. Browsers send it with no other page, and `__Host-` requires the path /.
LANGUAGE_COOKIE_NAME = "__Secure-language" if IS_HTTPS else "language"
LANGUAGE_COOKIE_PATH = f"{SITE_PATH}/{ADMIN_PATH}"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "kb.desk.signin.passwords.LeakedPasswordValidator"},
    {"NAME": "kb.desk.signin.passwords.SiteWordsValidator"},
]

# --- Sign-in (kb/desk/signin/; docs/security.md explains each) -------------------------------

SECOND_FACTOR = env.flag(
    "KB_SECOND_FACTOR",
    IS_HTTPS,
    help="Require a second factor (authenticator app or passkey) for accounts that can approve, "
    "publish or manage accounts, before they use the desk. If empty, only with `https://`.",
)
SESSION_IDLE_MINUTES = env.number(
    "KB_SESSION_IDLE_MINUTES",
    120,
    least=1,
    most=7 * 24 * 60,
    help="Minutes of inactivity after which a session ends.",
)
# NIST SP 800-63B, 4.2.3: at most twelve hours with two factors.
SESSION_COOKIE_AGE = 3600 * env.number(
    "KB_SESSION_HOURS", 12, least=1, most=7 * 24, help="Hours after which a session ends."
)
# One table for all processes and machines, because all workers must share the counts of failed
# sign-ins and the list of used codes. Readers' pages cannot reach it.
CACHES = {
    "default": {
        "BACKEND": "kb.desk.signin.limits_cache.LimitsCache",
        "LOCATION": "desk_cache",
        # Far above the entries of a quarter of an hour, because culled entries are lost.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
SILENCED_SYSTEM_CHECKS = ["security.W003"]  # a subclass of its CSRF middleware is used
CSRF_FAILURE_VIEW = "kb.desk.signin.access.csrf_failure"

ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
ACCOUNT_ADAPTER = "kb.desk.signin.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = True
# Wrong passwords and codes. `login` also counts successful sign-ins, which would be a second limit
# for a desk behind one address.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "20/15m/ip,5/15m/key"}
MFA_ADAPTER = "kb.desk.signin.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = SITE_NAME
# The codes of the half minute before and after are accepted too, because clocks differ.
MFA_TOTP_TOLERANCE = 1
# For this machine only: browsers treat http://localhost as secure.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS

# --- Logging: to stderr, for the service manager ---------------------------------------------

LOG_LEVEL = env.choice(
    "KB_LOG_LEVEL",
    "INFO",
    options=("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    help="Log level for stderr: DEBUG, INFO, WARNING, ERROR or CRITICAL.",
)
LOG_FORMAT = env.choice(
    "KB_LOG_FORMAT",
    "key-value",
    options=("key-value", "json"),
    help="How a log line is written: `key-value` or `json`.",
)
SLOW_REQUEST_MS = env.number(
    "KB_SLOW_REQUEST_MS",
    1000,
    help="Requests that take at least this many milliseconds are logged; `0` logs none.",
)
READER_TIMEOUT_MS = env.number(
    "KB_READER_TIMEOUT_MS",
    5000,
    least=100,
    most=60_000,
    help="Milliseconds that the database may work for one request of a reader. After that, counts "
    "and filter options are left out, or the response is a 503 error.",
)
LOGGING = logging_settings(level=LOG_LEVEL, formatter=LOG_FORMAT)
METRICS = env.flag("KB_METRICS", help="Answer `/metrics` with figures for Prometheus.")
SENTRY_DSN = env.text(
    "SENTRY_DSN",
    help="Where to report errors: the DSN of a Sentry project. Install the extra `sentry` first.",
)
if SENTRY_DSN:
    env.start_sentry(SENTRY_DSN)
