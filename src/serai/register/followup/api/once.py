"""A write that is sent twice is done once.

The answer is kept in the transaction of the change, so it is there whenever the change is: a process may die between
the two and the client's answer. The site keeps the answers, for two days; see `use_answers`. Beyond that, what was
handed in or asked carries the key itself, see `durable_key`.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import Any, Final, TypeVar, cast

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import Status
from ninja.responses import NinjaJSONEncoder

from serai.register.followup.api.door import caller
from serai.register.followup.api.errors import BadKey, NoKey

HEADER: Final = "Idempotency-Key"
MOST_CHARACTERS: Final = 100
_KEY: Final = re.compile(rf"[!-~]{{1,{MOST_CHARACTERS}}}")
View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, as it went out."""

    status: int
    body: str
    is_repeat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """A write by its key. `fingerprint` tells this request from another one under the same key."""

    account: str
    key: str
    fingerprint: str


Keep = Callable[[Write, Callable[[], Answer]], Answer]


def _keep_nothing(_write: Write, act: Callable[[], Answer]) -> Answer:
    with transaction.atomic():
        return act()


_keep: Keep = _keep_nothing


def use_answers(keep: Keep) -> None:
    """Set what keeps answers; called once, when the node's parts are wired.

    It calls `act` once in a transaction, keeps its answer in that, and gives it again for the same write. It raises
    KeyOfAnother for another fingerprint. What `act` raises is not kept: nothing was done.
    """
    global _keep  # noqa: PLW0603  # one keeper a process is the point
    _keep = keep


def once(*limits: str) -> Callable[[View], View]:
    """Do a write of a token that has one of the limits once for each key, and answer its repeats the same."""

    def decorate(view: View) -> View:
        @wraps(view)
        def act(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            write = read_write(request, caller(request, *limits).account)
            return respond(do_once(write, lambda: answer_of(view(request, *args, **kwargs))))

        return cast("View", act)

    return decorate


def do_once(write: Write, act: Callable[[], Answer]) -> Answer:
    """Return the answer of a write, or of its repeat; raise KeyOfAnother and what `act` raises."""
    return _keep(write, act)


def answer_of(result: object) -> Answer:
    """Return what an operation answers, as it goes out."""
    assert isinstance(result, Status)
    if result.value is None:
        return Answer(result.status_code, "")
    return Answer(result.status_code, json.dumps(result.value, cls=NinjaJSONEncoder, ensure_ascii=False))


def respond(answer: Answer) -> HttpResponse:
    """Send an answer; a repeat says that it is one."""
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json; charset=utf-8")
    if answer.is_repeat:
        response["Idempotency-Replayed"] = "true"
    return response


def read_write(request: HttpRequest, account: str, *, content: str | None = None) -> Write:
    """Read the key of a write; raise NoKey or BadKey. `content` stands for a body that is too large to be held."""
    key = request.headers.get(HEADER, "")
    if not key:
        raise NoKey
    if not _KEY.fullmatch(key):
        raise BadKey
    body = sha256(request.body).hexdigest() if content is None else content
    fingerprint = sha256(f"{request.method}\n{request.path}\n{body}".encode()).hexdigest()
    return Write(account=account, key=key, fingerprint=fingerprint)


def durable_key(request: HttpRequest, account: str, *parts: str) -> str:
    """Return the key under which an action keeps what it makes: of this account, this request and these parts of it."""
    write = read_write(request, account)
    named = "\0".join((account, write.key, write.fingerprint, *parts))
    return f"api:{sha256(named.encode()).hexdigest()}"


KEY_PARAMETER: Final[dict[str, Any]] = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": "names this write: new for each one, the same when it is repeated; kept for two days",
    "schema": {"type": "string", "pattern": f"^[!-~]{{1,{MOST_CHARACTERS}}}$"},
    "example": "6f1f0d2c-5a0e-4c67-9d5f-3c1a2b7e8a90",
}
