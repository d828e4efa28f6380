"""Settings from the environment; one that cannot be used is told as a sentence, not as a traceback."""

import os
from typing import Any

import dj_database_url

from serai.kernel.errors import NodeFault, gettext_noop


class BadSetting(NodeFault):
    code = "bad_setting"
    template = gettext_noop(
        "The setting {name} cannot be used: {reason}. Mend it, then repeat; docs/operations.md lists all settings."
    )


def read_number(name: str, default: int, *, least: int = 0) -> int:
    """Return a whole number; raise BadSetting for anything else."""
    text = os.environ.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < least:
        raise BadSetting(name=name, reason=f"it must be a whole number from {least} to 999999999")
    return int(text)


def read_hosts() -> list[str]:
    """Return the names that the node answers to; links in its mails are made from them, so each must be named."""
    hosts = [host.strip() for host in os.environ.get("SERAI_HOSTS", "localhost,127.0.0.1,[::1]").split(",")]
    if not all(hosts) or any("*" in host for host in hosts):
        raise BadSetting(name="SERAI_HOSTS", reason="it must name each host, parted by commas, without “*”")
    return hosts


def read_database() -> dict[str, Any]:
    """Return Django's description of the database that DATABASE_URL names; empty when it names none."""
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        return {}
    try:
        found = dict(dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True))
    except ValueError as error:
        raise BadSetting(name="DATABASE_URL", reason=str(error).split(";")[0][:120]) from None
    if found["ENGINE"] != "django.db.backends.postgresql":
        raise BadSetting(name="DATABASE_URL", reason="it must begin with postgres://, or be left out for SQLite")
    return found
