"""Several at once: one link, one last operator, one role, one account. Real processes, on both stores."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from serai.site.home import NodeHome, Realm
from tests.integration.conftest import _START
from tests.running import environment_of

pytestmark = pytest.mark.slow
ROUNDS = 6
# At each round all wait for each other, by a file that each makes.
_PROGRAM = """
import os, sys, time
from pathlib import Path
from serai.kernel.errors import SeraiError
from serai.kernel.models import AuditRow
from serai.kernel.roles import Actor, Grant, Role
from serai.site.accounts import actions
from serai.site.accounts.models import Account

meeting, number, of, act, *rounds = sys.argv[1:]
at_work, get = Actor.operator(), actions.get_account
for each in rounds:
    Account.objects.exists()
    place = Path(os.environ["SERAI_HOME"], meeting, each)
    place.mkdir(exist_ok=True, parents=True)
    (place / number).touch()
    while len(list(place.iterdir())) < int(of):
        time.sleep(0.001)
    try:
        exec(act, globals())
        print("done")
    except SeraiError as error:
        print(error.code)
"""


class Node:
    """A node with tables and no people."""

    def __init__(self, folder: Path, **more: str) -> None:
        NodeHome(folder).init(code="SEC", realm=Realm.SERVICE)
        self.environment = environment_of(folder) | more
        self.run("from serai.site.start import set_up_store\nset_up_store()")

    def run(self, program: str, *arguments: str) -> str:
        """Run a program, and return what it printed."""
        command = [sys.executable, "-c", _START + program, *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    def do(self, act: str, *rounds: str) -> list[str]:
        """Do something alone, once or for each round; return what it printed."""
        return self.run(
            _PROGRAM.replace('print("done")', "pass"), "alone", "0", "1", act, *(rounds or ["once"])
        ).split()

    def race(self, *acts: str, rounds: list[str]) -> list[list[str]]:
        """Do things at once, each in a process; return for each round what became of them, in order of the alphabet."""
        meeting = uuid.uuid4().hex
        started = [
            subprocess.Popen(
                [sys.executable, "-c", _START + _PROGRAM, meeting, str(number), str(len(acts)), act, *rounds],
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for number, act in enumerate(acts)
        ]
        printed = [process.communicate(timeout=120) for process in started]
        assert [err for _, err in printed] == [""] * len(acts)
        return [sorted(row) for row in zip(*(out.splitlines() for out, _ in printed), strict=True)]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def node(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    folder = tmp_path_factory.mktemp("accounts") / "node"
    if request.param == "sqlite":
        yield Node(folder)
        return
    given = connection.settings_dict
    server = f"postgres://{given['USER']}:{given['PASSWORD'] or 'none'}@{given['HOST']}:{given['PORT']}"
    name = f"serai_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as beside:
        make = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'")
        beside.execute(make.format(sql.Identifier(name)))
        try:
            yield Node(folder, DATABASE_URL=f"{server}/{name}")
        finally:
            beside.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def names(word: str) -> list[str]:
    return [f"{word}{number}" for number in range(ROUNDS)]


def open_people(word: str, *, grants: str = "[]") -> str:
    return f"""
for number in range({ROUNDS}):
    email = f"{word}{{number}}@example.org"
    actions.open_account(email=email, name="N", grants={grants}, actor=at_work)"""


def test_of_many_who_use_one_link_at_once_one_is_signed_in(node: Node) -> None:
    node.do(open_people("link"))
    make = 'print(actions.make_sign_in_link(account=get(each + "@example.org"), actor=at_work))'
    tokens = node.do(make, *names("link"))

    rounds = node.race(*["actions.use_sign_in_link(each)"] * 4, rounds=tokens)

    assert rounds == [["done"] + ["link_not_usable"] * 3] * ROUNDS


@pytest.mark.parametrize(
    "act",
    [
        'actions.close_account(account=get("{}@example.org"), reason="", actor=at_work)',
        'actions.revoke_role(account=get("{}@example.org"), grant=Grant(Role.OPERATOR), actor=at_work)',
    ],
    ids=["close", "revoke"],
)
def test_of_the_last_two_operators_who_go_at_once_one_stays(node: Node, act: str) -> None:
    word = f"last-{uuid.uuid4().hex[:6]}"
    node.do(_ONLY_TWO_OPERATORS.replace("WORD", word))

    rounds = node.race(act.format(f"{word}a"), act.format(f"{word}b"), rounds=[word])

    assert rounds == [["done", "last_operator"]]


_ONLY_TWO_OPERATORS = """
from serai.site.accounts.models import RoleGrant
RoleGrant.objects.all().delete()
for name in ("a", "b"):
    actions.open_account(email=f"WORD{name}@example.org", name=name, grants=[Grant(Role.OPERATOR)], actor=at_work)"""


def test_one_address_opened_at_once_is_one_account(node: Node) -> None:
    act = 'actions.open_account(email=each + "@example.org", name="C", actor=at_work)'

    rounds = node.race(*[act] * 4, rounds=names("once"))

    assert rounds == [["done"] + ["email_taken"] * 3] * ROUNDS


def test_a_role_given_at_once_is_one_grant_with_one_row(node: Node) -> None:
    node.do(open_people("role"))
    act = 'actions.grant_role(account=get(each + "@example.org"), grant=Grant(Role.EDITOR), actor=at_work)'

    rounds = node.race(*[act] * 4, rounds=names("role"))

    assert rounds == [["done"] * 4] * ROUNDS
    assert node.do(_COUNT.format(word="role", action="accounts:grant:give")) == ["1"] * ROUNDS


def test_an_account_closed_at_once_has_one_row(node: Node) -> None:
    node.do(open_people("close"))
    act = 'actions.close_account(account=get(each + "@example.org"), reason="", actor=at_work)'

    rounds = node.race(*[act] * 4, rounds=names("close"))

    assert rounds == [["done"] * 4] * ROUNDS
    assert node.do(_COUNT.format(word="close", action="accounts:account:close")) == ["1"] * ROUNDS


_COUNT = """
for account in Account.objects.filter(email__startswith="{word}", email__endswith="@example.org", name="N"):
    print(AuditRow.objects.filter(subject=f"account {{account.pk}}", action="{action}").count())"""


def test_a_token_ended_at_once_is_ended_by_one(node: Node) -> None:
    node.do(open_people("token"))
    make = """
account = get(each + "@example.org")
actions.make_token(account=account, name="t", limits=["read"], days=1, actor=at_work)
print(account.tokens.get().pk)"""
    numbers = node.do(make, *names("token"))

    rounds = node.race(*["actions.end_token(number=int(each), actor=at_work)"] * 4, rounds=numbers)

    assert rounds == [["done"] + ["no_such_token"] * 3] * ROUNDS


def test_a_write_repeated_at_once_is_done_once(node: Node) -> None:
    node.do(open_people("write"))

    rounds = node.race(*[_WRITE] * 4, rounds=names("write"))

    assert rounds == [["done"] + ["repeat"] * 3] * ROUNDS
    count = 'print(AuditRow.objects.filter(action="test:write").count())'
    assert node.do(count) == [str(ROUNDS)]


_WRITE = """
from serai.kernel import audit
from serai.register.followup.api.once import Answer, Write
from serai.site.accounts.idempotency import keep_answer

def write():
    audit.record("test:write", subject=each, actor=at_work)
    return Answer(201, "once")

class Repeat(SeraiError):
    code = "repeat"

account = str(get(each + "@example.org").pk)
if keep_answer(Write(account=account, key="k", fingerprint="f"), write).is_repeat:
    raise Repeat"""
