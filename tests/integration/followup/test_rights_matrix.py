"""Role × address × object of one's own or another's: generated from the addresses themselves, so that none is forgotten.

The oracle below is written by hand and knows nothing of rights.py. An address that it does not name fails the test.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern, reverse

from serai.kernel.models import AuditRow
from serai.kernel.roles import Actor, Grant, Role, Scope
from serai.register import queries as register
from serai.register.followup import urls
from serai.register.followup.actions import decisions, focal_points, requests, searches, submissions
from serai.register.followup.actions.submissions import Attachment
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Verdict
from serai.register.followup.models import EvidenceFile, EvidencePiece
from serai.site.accounts.actions import open_account
from serai.site.accounts.actor import make_actor
from serai.site.accounts.models import Account

pytestmark = pytest.mark.django_db
PARTIES = ("state:KZ", "state:UZ", "body:customs-dg")
CODE = "VI.16d"

# Who there is: name → grants. Each speaks for the whole node, for one party, or for nobody.
PEOPLE: dict[str, tuple[tuple[Role, str], ...]] = {
    "editor": ((Role.EDITOR, ""),),
    "editor of KZ": ((Role.EDITOR, "state:KZ"),),
    "reviewer": ((Role.REVIEWER, ""),),
    "reviewer of UZ": ((Role.REVIEWER, "state:UZ"),),
    "focal point of KZ": ((Role.FOCAL_POINT, "state:KZ"),),
    "focal point of UZ": ((Role.FOCAL_POINT, "state:UZ"),),
    "focal point of the body": ((Role.FOCAL_POINT, "body:customs-dg"),),
    "auditor": ((Role.AUDITOR, ""),),
    "operator": ((Role.OPERATOR, ""),),
    "nobody in particular": (),
}

NAMED = {"state:KZ": "focal point of KZ", "body:customs-dg": "focal point of the body"}  # for UZ it is somebody else


def may(person: str, roles: str, party: str) -> bool:
    """Whether one of the roles (letters E R F A) of a person reaches a party; the oracle's own reading."""
    letters = {Role.EDITOR: "E", Role.REVIEWER: "R", Role.FOCAL_POINT: "F", Role.AUDITOR: "A"}
    return any(letters.get(role, "-") in roles and scope in {"", party} for role, scope in PEOPLE[person])


# address → (method, what it needs): "any" account, "some" role of follow-up anywhere, or letters for the object's party.
ORACLE: dict[str, tuple[tuple[str, str], ...]] = {
    "home": (("get", "any"),),
    "find": (("get", "some"),),
    "report": (("get", "whole"),),
    "entry": (("get", "some"),),
    "ask": (("get", "E anywhere"), ("post", "E of party")),
    "hand-in": (("get", "EF anywhere"), ("post", "EF of party")),
    "focal-points": (("get", "some"), ("post", "EF of party")),
    "end-focal-point": (("post", "EF of party"),),
    "requests": (("get", "some"),),
    "request": (("get", "ERFA of party"),),
    "answer": (("get", "named for party"), ("post", "named for party")),
    "withdraw-request": (("post", "E of party"),),
    "remind": (("post", "E of party"),),
    "review": (("get", "some"),),
    "submission": (("get", "ERFA of party"),),
    "decide": (("post", "R of party"),),
    "correct": (("get", "EF of party"), ("post", "EF of party")),
    "state": (("get", "F anywhere"), ("post", "F of own party")),
    "evidence": (("get", "ERFA of party"),),
    "save-search": (("get", "any"), ("post", "any")),
    "delete-search": (("post", "none"),),
    "rights": (("get", "some"),),
}


def expect(need: str, person: str, party: str) -> bool:
    simple = {
        "any": True,
        "none": False,
        "some": any(may(person, "ERFA", scope) for scope in PARTIES),
        "whole": any(role is not Role.OPERATOR and scope == "" for role, scope in PEOPLE[person]),
        "named for party": NAMED.get(party) == person,
    }
    if need in simple:
        return simple[need]
    letters, _, where = need.partition(" ")
    return any(may(person, letters, scope) for scope in (PARTIES if where == "anywhere" else [party]))


@dataclass
class World:
    """What there is to get at, by party."""

    clients: dict[str, Client] = field(default_factory=dict)
    requests: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, int] = field(default_factory=dict)
    figures: dict[str, int] = field(default_factory=dict)
    evidence: dict[str, int] = field(default_factory=dict)
    points: dict[str, int] = field(default_factory=dict)
    search: int = 0


def open_person(name: str, grants: tuple[tuple[Role, str], ...]) -> Account:
    """Open an account that has its second step behind it."""
    account = open_account(
        email=f"{name.replace(' ', '.')}@example.org".lower(),
        name=name,
        grants=[Grant(role, Scope(scope)) for role, scope in grants],
        actor=Actor.operator(),
    )
    Authenticator.objects.create(user_id=account.pk, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return account


@pytest.fixture
def world(db: None) -> World:
    """One request, one waiting submission with a file, one published figure and one focal point a party."""
    made = World()
    accounts = {name: open_person(name, grants) for name, grants in PEOPLE.items()}
    for name, account in accounts.items():
        made.clients[name] = Client()
        made.clients[name].force_login(account)
    made.clients["a stranger"] = Client()
    editor = make_actor(open_person("the maker", ((Role.EDITOR, ""),)))
    reviewer = make_actor(open_person("the decider", ((Role.REVIEWER, ""),)))
    entry = register.get_entry(CODE)
    file = EvidenceFile.objects.create(
        sha256="2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        size=5,
        media_type="text/plain",
        stored_at=date(2026, 11, 24).isoformat() + "T00:00Z",
    )
    EvidencePiece.objects.create(file=file, number=0, data=b"hello")
    for party in map(Scope, PARTIES):
        speaker = accounts.get(NAMED.get(party, "")) or open_person("the speaker", ((Role.FOCAL_POINT, party),))
        point = focal_points.name_focal_point(party=party, entry=None, account=str(speaker.pk), actor=editor)
        made.points[party] = point.pk
        made.requests[party] = requests.ask_for_update(
            entry=entry, party=party, due=date(2026, 12, 20), actor=editor
        ).pk
        draft = Draft(kind=Kind.MEASUREMENT, value="5", period="2025", provenance="declared", source="letter")
        figure = submissions.submit(entry=entry, party=party, draft=draft, actor=editor)
        decisions.decide(number=figure.pk, verdict=Verdict.PUBLISH, actor=reviewer)
        made.figures[party] = figure.pk
        note = Draft(kind=Kind.UPDATE, note="done", has_file=True)
        waiting = submissions.submit(
            entry=entry, party=party, draft=note, actor=editor, attachments=[Attachment(file=file, name="a.txt")]
        )
        made.waiting[party] = waiting.pk
        made.evidence[party] = waiting.evidence.get().pk
    made.search = searches.save_search(name="mine", query="q=water", actor=editor).pk
    return made


def patterns() -> Iterator[URLPattern]:
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        yield pattern


def address(name: str, party: str, world: World) -> str:
    """Return the address of an object of the party."""
    objects = {
        "request": world.requests, "answer": world.requests, "withdraw-request": world.requests, "remind": world.requests,
        "submission": world.waiting, "decide": world.waiting, "correct": world.figures, "state": world.figures,
        "end-focal-point": world.points, "evidence": world.evidence,
    }  # fmt: skip
    if name in objects:
        return reverse(f"work:{name}", args=[objects[name][party]])
    if name == "delete-search":
        return reverse("work:delete-search", args=[world.search])
    pattern = next(item for item in patterns() if item.name == name)
    return reverse(f"work:{name}", args=[CODE] if "code" in pattern.pattern.regex.groupindex else [])


def form(name: str, party: str) -> dict[str, str]:
    """Return a form that names the party and is refused for something else, so that a trial leaves no trace."""
    return {
        "ask": {"party": party, "due": "2020-01-01"},
        "hand-in": {"party": party, "note": ""},
        "state": {"party": party, "note": ""},
        "answer": {"note": ""},
        "correct": {"value": "many", "period": "2025"},
        "decide": {"verdict": "return", "reason": ""},
        "focal-points": {"party": party, "account": "nobody"},
        "save-search": {"name": "", "query": ""},
    }.get(name, {})


def test_every_address_is_in_the_oracle() -> None:
    assert {pattern.name for pattern in patterns()} == set(ORACLE)


def cells() -> Iterator[tuple[str, str, str, str]]:
    """Yield name, method, need and party of every cell of the matrix."""
    for name, methods in ORACLE.items():
        for method, need in methods:
            # Where the object has no party, asking for one is enough.
            parties = PARTIES if "party" in need else PARTIES[:1]
            yield from ((name, method, need, party) for party in parties)


def test_nobody_gets_in_where_they_should_not_and_everybody_where_they_should(world: World) -> None:
    wrong, tried = [], 0
    for person, client in world.clients.items():
        for name, method, need, party in cells():
            allowed = person != "a stranger" and expect(need, person, party)
            if name in {"withdraw-request", "remind", "end-focal-point"} and allowed:
                continue  # these would act; that they do is shown elsewhere
            answer = getattr(client, method)(address(name, party, world), form(name, party))
            answer.close()  # a file that nobody reads on holds one of its few places
            tried += 1
            is_in = answer.status_code in {200, 400, 409} or (
                answer.status_code == 302 and "/account/" not in answer["Location"]
            )
            if is_in != allowed:
                wrong.append(f"{person}: {method} {name} of {party}: {answer.status_code}, expected {allowed}")

    assert wrong == []
    assert tried > 500


def test_each_denial_of_an_account_leaves_a_row_and_a_strangers_does_not(world: World) -> None:
    before = AuditRow.objects.filter(action="site:denial").count()

    world.clients["focal point of UZ"].get(address("submission", "state:KZ", world))
    world.clients["operator"].get(address("request", "state:KZ", world))
    world.clients["a stranger"].get(address("request", "state:KZ", world))

    assert AuditRow.objects.filter(action="site:denial").count() == before + 2
