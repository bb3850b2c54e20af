"""What the container files say agrees with the program that they run."""

from __future__ import annotations

import re
import ssl
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import get_commands

from kb import env, middleware

ROOT = Path(__file__).resolve().parent.parent
NGINX = ROOT / "deploy" / "nginx"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
HTTPS = yaml.safe_load((ROOT / "compose.https.yaml").read_text(encoding="utf-8"))
EXAMPLE = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
SERVER = "".join(
    (NGINX / name).read_text(encoding="utf-8") for name in ("proxy.conf", "server.conf")
)


def copied() -> set[str]:
    """What the image gets from the checkout."""
    lines = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    return {name for line in lines for name in line.split()}


def directive(name: str) -> str:
    """The value of a directive in the part that both servers share."""
    match = re.search(rf"^\s*{name} (.+);$", SERVER, re.MULTILINE)
    assert match, f"proxy.conf and server.conf have no {name}"
    return match[1]


def test_image_gets_every_folder_that_the_settings_name():
    folders = [*settings.TEMPLATES[0]["DIRS"], *settings.STATICFILES_DIRS, *settings.FIXTURE_DIRS]
    names = {path.relative_to(ROOT).as_posix() for path in folders}
    assert names | {"kb", "manage.py", "requirements.lock"} <= copied()


def test_builder_is_sent_what_is_copied_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == copied()


def test_everything_copied_exists():
    assert [name for name in sorted(copied()) if not (ROOT / name).exists()] == []


def test_image_does_not_run_as_root():
    users = re.findall(r"^USER (.+)$", DOCKERFILE, re.MULTILINE)
    assert users, "USER is missing"
    assert users[-1].isdigit() and users[-1] != "0"


def test_image_installs_by_hash():
    installs = re.findall(r"pip install (.+)$", DOCKERFILE, re.MULTILINE)
    assert installs and all("--require-hashes" in line for line in installs)


@pytest.mark.parametrize("service", ["migrate", "backup", "web"])
def test_compose_sets_only_settings_that_exist(service):
    names = set(COMPOSE["services"][service]["environment"])
    assert names <= set(env.SETTINGS)
    assert {"KB_SECRET_KEY", "KB_DATABASE_URL", "KB_PUBLIC_DB_USER", "KB_BEHIND_PROXY"} <= names


def test_example_names_every_variable_of_compose():
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    variables = set(re.findall(r"\$\{(\w+)", text))
    assert variables == set(re.findall(r"^(\w+)=", EXAMPLE, re.MULTILINE))


def test_program_starts_after_the_grants():
    (command,) = [part for part in COMPOSE["services"]["migrate"]["command"] if "manage" in part]
    assert command.index("migrate") < command.index("create_public_role")
    needs = COMPOSE["services"]["web"]["depends_on"]
    assert needs == {"migrate": {"condition": "service_completed_successfully"}}


def test_database_is_reached_by_the_program_alone():
    database = COMPOSE["services"]["database"]
    assert "ports" not in database and database["networks"] == ["database"]
    assert COMPOSE["networks"]["database"]["internal"] is True
    assert "database" not in COMPOSE["services"]["proxy"]["networks"]


def test_every_mounted_file_of_nginx_exists():
    mounts = COMPOSE["services"]["proxy"]["volumes"] + HTTPS["services"]["proxy"]["volumes"]
    sources = [mount.split(":")[0] for mount in mounts]
    assert [
        name for name in sources if "certificates" not in name and not (ROOT / name).exists()
    ] == []
    for name in ("http.conf", "https.conf", "server.conf", "below-path.conf"):
        text = (NGINX / name).read_text(encoding="utf-8")
        for included in re.findall(r"include /etc/nginx/record/(\S+);", text):
            assert (NGINX / included).is_file()


def test_nginx_refuses_bodies_at_the_size_of_the_program():
    assert int(directive("client_max_body_size")) == middleware.MAX_FORM_BYTES
    page = (NGINX / "pages" / "413.html").read_text(encoding="utf-8")
    assert f"more than {middleware.MAX_FORM_BYTES // 1_000_000} MB" in page


def test_nginx_offers_only_strong_ciphers():
    text = (NGINX / "https.conf").read_text(encoding="utf-8")
    assert re.findall(r"ssl_protocols (.+);", text) == ["TLSv1.2 TLSv1.3"]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers(*re.findall(r"ssl_ciphers (.+);", text))
    ciphers = context.get_ciphers()
    assert {cipher["aead"] for cipher in ciphers} == {True}
    assert {cipher["kea"] for cipher in ciphers} <= {"kx-ecdhe", "kx-any"}
    assert min(cipher["strength_bits"] for cipher in ciphers) >= 128


def test_nginx_leaves_long_addresses_to_the_program():
    _, buffer = directive("large_client_header_buffers").split()
    assert int(buffer.removesuffix("k")) * 1024 > middleware.MAX_ADDRESS_BYTES


def test_nginx_sets_what_the_program_trusts():
    headers = dict(re.findall(r"^\s*proxy_set_header (\S+) (.+);$", SERVER, re.MULTILINE))
    assert headers["X-Forwarded-Proto"] == "$scheme"
    assert headers["X-Forwarded-For"] == "$proxy_add_x_forwarded_for"
    # A location with headers of its own would send none of these.
    assert SERVER.count("proxy_set_header") == len(headers)
    assert SERVER.index("location") > SERVER.rindex("proxy_set_header")


def test_nginx_buffers_answers_and_packs_nothing():
    assert directive("proxy_buffering") == "on"
    assert directive("gzip") == "off"


def test_backups_are_in_a_volume_that_the_web_server_does_not_have():
    backup, web = COMPOSE["services"]["backup"], COMPOSE["services"]["web"]
    assert backup["volumes"] == ["backups:/backups", "status:/status"]
    assert web["volumes"] == ["status:/status:ro"]
    assert {"backups", "status"} <= set(COMPOSE["volumes"])
    assert web["environment"]["KB_BACKUP_STATUS"].startswith("/status/")
    assert re.search(r"--mode 0700 /backups /status$", DOCKERFILE, re.MULTILINE)
    commands = re.findall(r"manage\.py (\w+)", "".join(backup["command"]))
    assert commands == ["backup", "restore"] and set(commands) <= set(get_commands())


@pytest.mark.parametrize("path", sorted((ROOT / "deploy" / "systemd").iterdir()), ids=str)
def test_units_of_systemd_run_commands_that_exist(path):
    text = path.read_text(encoding="utf-8")
    assert set(re.findall(r"manage\.py (\w+)", text)) <= set(get_commands())
    if path.suffix == ".timer":
        assert path.with_suffix(".service").is_file()
        assert "Persistent=true" in text and "WantedBy=timers.target" in text
        return
    assert "User=record" in text and "UMask=0077" in text and "ProtectSystem=strict" in text
    assert "EnvironmentFile=/etc/on-the-record.env" in text
