"""What readers without an account get is the same to the byte whether somebody is signed in, and costs no more."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from serai.kernel.roles import Role
from tests.running import environment_of
from tests.signing_in import open_account, signed_in

pytestmark = pytest.mark.django_db
PUBLIC = (
    "/",
    "/ru/",
    "/register/",
    "/zh-hans/register/VI.13a",
    "/register/entries.csv",
    "/api/v1/register/states",
    "/about/privacy/",
    "/nothing-here",
)


def told(answer: Any) -> tuple[int, dict[str, str], bytes]:
    """Return what a browser gets, less the number that each request has of its own."""
    headers = {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}
    return answer.status_code, headers, answer.getvalue()


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("cookie", ["of a person", "of nobody"])
def test_a_session_changes_nothing(path: str, cookie: str) -> None:
    from django.db import connection

    person = signed_in(open_account(role=Role.OPERATOR)) if cookie == "of a person" else Client()
    person.cookies["serai"] = person.cookies["serai"].value if "serai" in person.cookies else "x" * 32
    person.get(path)  # what is made once, is made

    with CaptureQueriesContext(
        connection,
    ) as without:
        reader = told(Client(REMOTE_ADDR="192.0.2.1").get(path))
    with CaptureQueriesContext(connection) as having:
        signed = told(person.get(path))

    assert signed == reader
    assert "Set-Cookie" not in signed[1]
    assert "Cookie" not in signed[1].get("Vary", "")
    assert [query["sql"] for query in having] == [query["sql"] for query in without]
    assert not any("session" in query["sql"] for query in having)


def test_a_page_that_a_browser_has_is_not_sent_again_to_either() -> None:
    tag = Client().get("/register/")["ETag"]
    person = signed_in(open_account())

    answers = [client.get("/register/", headers={"If-None-Match": tag}) for client in (Client(), person)]

    assert [answer.status_code for answer in answers] == [304, 304]


def test_every_page_has_one_way_to_the_work() -> None:
    for prefix in ("", "/ru", "/zh-hans"):
        assert Client().get(f"{prefix}/register/").text.count(f'href="{prefix}/work/"') == 1


@pytest.mark.parametrize("module", ["fido2", "cryptography", "qrcode", "argon2", "typst"])
def test_a_node_that_served_readers_has_not_loaded_what_only_a_sign_in_needs(module: str, loaded: set[str]) -> None:
    assert module not in loaded


def test_a_node_that_serves_has_loaded_no_test_framework(tmp_path: Path) -> None:
    from serai.site.home import NodeHome, Realm

    NodeHome(tmp_path / "node").init(code="SEC", realm=Realm.SERVICE)
    program = (
        "import sys, serai.site.start as s; s.start_django(); import serai.site.urls; print('unittest' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment_of(tmp_path / "node"),
        check=True,
        capture_output=True,
        text=True,
    )

    assert done.stdout.strip() == "False"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules in a process that served a few public pages."""
    from serai.site.home import NodeHome, Realm

    folder = tmp_path_factory.mktemp("idle") / "node"
    NodeHome(folder).init(code="SEC", realm=Realm.SERVICE)
    program = """
import sys
from pathlib import Path
from serai.site.start import set_up_store, start_django
start_django()
set_up_store()
from django.test import Client
for path in ("/", "/register/", "/ru/about/privacy/", "/api/v1/register/entries", "/work/", "/nothing"):
    Client().get(path)
print(" ".join({name.partition(".")[0] for name in sys.modules}))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment_of(folder), check=True, capture_output=True, text=True
    )
    return set(done.stdout.split())
