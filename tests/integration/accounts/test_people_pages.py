"""The operators' pages: who sees them, what they show and do, and that what matters is asked for anew."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from serai.kernel import clock
from serai.kernel.models import AuditRow, Notice
from serai.kernel.roles import Actor, Grant, Role, Scope
from serai.site.accounts import actions, present_people
from serai.site.accounts.models import Account, ApiToken, Session, SignInLink
from tests.html import Page
from tests.integration.accounts.conftest import OperatorAtWork
from tests.signing_in import add_app, browser, is_signed_in, open_account, signed_in

pytestmark = pytest.mark.django_db
AT_WORK = Actor.operator()


def page_of(account: Any, act: str = "", *, prefix: str = "") -> str:
    return f"{prefix}/account/people/{account.pk}/{act}"


def age_sign_in(client: Client, seconds: int = 3600) -> None:
    """Let the last proof of who somebody is lie so long back."""
    session = client.session
    session["account_authentication_methods"] = [
        record | {"at": record["at"] - seconds} for record in session["account_authentication_methods"]
    ]
    session.save()


def acts_of(account: Any) -> list[str]:
    return list(
        AuditRow.objects.filter(subject=f"account {account.pk}").order_by("pk").values_list("action", flat=True)
    )


# Who sees them

GETS = ["people/", "people/open/", "people/{}/"]
POSTS = [
    "people/open/account",
    *(f"people/{{}}/{act}" for act in ("change", "roles/give", "roles/take", "close", "reopen", "link")),
    *(f"people/{{}}/{act}" for act in ("second-step/take", "sessions/end", "sessions/end-all", "tokens/1/end")),
]


@pytest.mark.parametrize("path", GETS)
def test_strangers_are_led_to_sign_in_and_back(path: str) -> None:
    path = f"/ru/account/{path.format(open_account().pk)}"

    answer = browser().get(path)

    assert answer.status_code == 302
    assert answer.url == f"/ru/account/sign-in/?next={path.replace('/', '%2F')}"


@pytest.mark.parametrize("path", POSTS)
def test_what_strangers_send_does_nothing(path: str) -> None:
    account = open_account()

    answer = browser().post(f"/account/{path.format(account.pk)}", {"role": "operator", "scope": ""})

    assert answer.status_code == 302
    assert answer.url.startswith("/account/sign-in/")
    assert not AuditRow.objects.filter(subject=f"account {account.pk}").exists()


@pytest.mark.parametrize("path", GETS + POSTS)
@pytest.mark.parametrize("role", [None, Role.EDITOR, Role.AUDITOR])
def test_who_is_no_operator_is_refused_by_a_sentence(role: Role | None, path: str, settings: Any) -> None:
    settings.IDENTITY = _training(settings.IDENTITY)
    account = open_account(role=role)
    client, path = signed_in(account), f"/account/{path.format(account.pk)}"
    before = AuditRow.objects.exclude(action="site:denial").count()

    answer = (
        client.get(path) if path.removeprefix("/account/").format(account.pk) in _gets(account) else client.post(path)
    )

    assert answer.status_code == 403
    assert "Only an operator of this node may manage accounts." in answer.text
    assert AuditRow.objects.exclude(action="site:denial").count() == before


def _gets(account: Any) -> set[str]:
    return {path.format(account.pk) for path in GETS}


def _training(identity: Any) -> Any:
    from dataclasses import replace

    from serai.site.home import Realm

    return replace(identity, realm=Realm.TRAINING)


def test_an_operator_of_a_state_alone_is_no_operator_of_the_node(settings: Any) -> None:
    settings.IDENTITY = _training(settings.IDENTITY)
    account = open_account()
    account.grants.create(role=Role.OPERATOR, scope="state:KZ", given_at=clock.now(), given_by="tests")

    assert signed_in(account).get("/account/people/").status_code == 403


def test_in_service_an_operator_needs_the_second_step() -> None:
    client = signed_in(open_account(role=Role.OPERATOR))

    answer = client.get("/account/people/")

    assert answer.url == "/account/second-step/?next=%2Faccount%2Fpeople%2F"


@pytest.mark.parametrize("path", POSTS)
def test_an_address_that_takes_forms_leads_a_reader_to_the_page_of_the_form(
    operator: OperatorAtWork, path: str
) -> None:
    account = open_account()

    answer = operator.client.get(f"/ru/account/{path.format(account.pk)}")

    expected = "/ru/account/people/open/" if "open/" in path else page_of(account, prefix="/ru")
    assert (answer.status_code, answer.url) == (302, expected)


def test_forms_without_our_mark_do_nothing(operator: OperatorAtWork) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = operator.client.cookies
    account = open_account()

    answer = client.post(page_of(account, "close"), {"reason": "forged"})

    assert answer.status_code == 403
    account.refresh_from_db()
    assert account.closed_at is None


def test_nobody_who_does_not_exist_is_shown(operator: OperatorAtWork) -> None:
    answer = operator.client.get("/account/people/00000000-0000-4000-8000-000000000000/")

    assert answer.status_code == 404
    assert "There is no account" in answer.text


# The list


def test_the_list_shows_names_roles_in_the_reader_s_language_and_when_each_was_seen(operator: OperatorAtWork) -> None:
    account = open_account("focal@example.org", name="Aigerim")
    for grant in (Grant(Role.FOCAL_POINT, Scope("state:KZ")), Grant(Role.REVIEWER)):
        actions.grant_role(account=account, grant=grant, actor=AT_WORK)
    open_account("never@example.org", name="Nobody Yet")

    page = Page.read(operator.client.get("/ru/account/people/").text)

    assert "Казахстан" in page.text
    row = {
        email: page.text.split(email)[1] for email in ("focal@example.org", "operator@example.org", "never@example.org")
    }
    assert page.text.index("focal@") < page.text.index("never@") < page.text.index("operator@")  # by name
    assert "2026" in row["operator@example.org"][:40]
    assert "2026" not in row["never@example.org"][:10]
    assert page.faults == []


def test_the_list_says_who_is_closed(operator: OperatorAtWork) -> None:
    account = open_account("left@example.org", name="Left Long Ago")
    assert "Closed" not in operator.client.get("/account/people/").text

    actions.close_account(account=account, reason="left", actor=AT_WORK)

    assert "Closed" in operator.client.get("/account/people/").text


def test_a_long_list_is_cut_into_pages(
    operator: OperatorAtWork, monkeypatch: Any, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr(present_people, "PER_PAGE", 2)
    for number in range(4):
        account = open_account(f"p{number}@example.org", name=f"Person {number}", password="")
        actions.grant_role(account=account, grant=Grant(Role.EDITOR, Scope("body:customs-dg")), actor=AT_WORK)

    with django_assert_max_num_queries(15):
        first = operator.client.get("/account/people/").text
    last = operator.client.get("/account/people/?page=99").text

    assert "5 accounts" in first
    assert [f"Person {number}" in first for number in range(4)] == [True, False, False, False]  # after Olga
    assert re.search(r'rel="next" href="\?page=2"', first)
    assert "Person 3" in last
    assert 'rel="next"' not in last


# Opening an account


def test_an_account_is_opened_with_its_first_role(operator: OperatorAtWork) -> None:
    form = Page.read(operator.client.get("/account/people/open/").text)

    answer = operator.post(
        "/account/people/open/account",
        email=" Madina@Example.org ",
        name="Madina  K.",
        language="ru",
        role="focal-point",
        scope="body:customs-dg",
    )

    account = Account.objects.get(email="madina@example.org")
    assert form.h1 == ["Open an account"]
    assert answer.redirect_chain == [(page_of(account), 302)]
    assert "The account is open." in answer.text
    assert (account.name, account.language, account.has_usable_password()) == ("Madina K.", "ru", False)
    assert [grant.as_grant for grant in account.grants.all()] == [Grant(Role.FOCAL_POINT, Scope("body:customs-dg"))]
    assert acts_of(account) == ["accounts:account:open", "accounts:grant:give"]
    assert AuditRow.objects.filter(actor_name=str(operator.account.pk), action="accounts:account:open").exists()


def test_an_account_may_be_opened_without_a_role(operator: OperatorAtWork) -> None:
    operator.post("/account/people/open/account", email="a@example.org", name="A", language="en", role="", scope="")

    assert not Account.objects.get(email="a@example.org").grants.exists()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"email": "OPERATOR@example.org"}, "An account with the address operator@example.org exists already."),
        ({"email": "no address"}, "E-mail"),
        ({"name": "Ann\u202egnal"}, "A name has 1 to 120 characters, all of them visible."),
        ({"role": "focal-point", "scope": ""}, "Choose a state or a body."),
        ({"role": "operator", "scope": "state:KZ"}, "Choose the whole node."),
        ({"role": "", "scope": "state:KZ"}, "Choose a role, or the whole node below."),
        ({"role": "editor", "scope": "body:never-heard-of"}, "Where"),
        ({"role": "king"}, "First role"),
        ({"language": "xx"}, "Language"),
    ],
)
def test_what_cannot_be_used_is_told_at_its_field_and_nothing_is_lost(
    operator: OperatorAtWork, changed: dict[str, str], sentence: str
) -> None:
    given = {"email": "new@example.org", "name": "New Person", "language": "zh-hans", "role": "editor", "scope": ""}

    answer = operator.client.post("/account/people/open/account", given | changed)

    page = Page.read(answer.text)
    assert sentence in page.text.split("This needs a change")[1].split("Open the account")[0]
    assert page.title.startswith("Error: ")
    assert page.faults == []
    assert all(link.removeprefix("#") in page.ids for link in page.links if link.startswith("#"))
    assert ("New Person" in answer.text) is ("name" not in changed)
    assert Account.objects.count() == 1


# One person


def test_states_stand_in_the_reader_s_order_and_bodies_by_name(operator: OperatorAtWork) -> None:
    texts = {prefix: operator.client.get(f"{prefix}/account/people/open/").text for prefix in ("", "/ru", "/zh-hans")}

    order = {prefix: re.findall(r'value="state:(\w\w)"', text) for prefix, text in texts.items()}
    assert order[""] == ["CN", "KZ", "KG", "TJ", "TM", "UZ"]
    assert order["/ru"] == ["KZ", "CN", "KG", "TJ", "TM", "UZ"]
    assert order["/zh-hans"][-1] == "CN"
    bodies = re.findall(r'value="body:[^"]+"[^>]*>([^<]+)<', texts[""])
    assert bodies == sorted(bodies)
    assert len(bodies) > 3


def test_a_role_is_given_and_taken(operator: OperatorAtWork) -> None:
    account = open_account()

    given = operator.post(page_of(account, "roles/give"), role="reviewer", scope="state:UZ")
    after_giving = {row.as_grant for row in account.grants.all()}
    taken = operator.post(page_of(account, "roles/take"), role="reviewer", scope="state:UZ")

    assert after_giving == {Grant(Role.REVIEWER, Scope("state:UZ"))}
    assert "Reviewer – Uzbekistan" in Page.read(given.text).text
    assert "by Olga Operator" in given.text
    assert "The role was taken away." in taken.text
    assert acts_of(account) == ["accounts:grant:give", "accounts:grant:take"]
    assert not account.grants.exists()


@pytest.mark.parametrize("values", [{}, {"role": "\0", "scope": "\0"}, {"role": "editor", "scope": "state:KZ"}])
def test_taking_a_role_that_is_not_held_changes_nothing(operator: OperatorAtWork, values: dict[str, str]) -> None:
    account = open_account(role=Role.EDITOR)

    answer = operator.post(page_of(account, "roles/take"), **values)

    assert answer.status_code == 200
    assert account.grants.count() == 1


def test_a_role_that_means_nothing_there_is_told_at_its_field(operator: OperatorAtWork) -> None:
    account = open_account()

    answer = operator.client.post(page_of(account, "roles/give"), {"role": "auditor", "scope": "state:KZ"})

    assert "Choose the whole node." in answer.text
    assert Page.read(answer.text).faults == []
    assert not account.grants.exists()


def test_nobody_changes_their_own_roles_or_closes_their_own_account(operator: OperatorAtWork) -> None:
    me = operator.account
    shown = operator.client.get(page_of(me)).text

    answers = [
        operator.client.post(page_of(me, "roles/give"), {"role": "editor", "scope": ""}),
        operator.client.post(page_of(me, "roles/take"), {"role": "operator", "scope": ""}),
        operator.client.post(page_of(me, "close"), {"reason": "tired"}),
        operator.client.post(page_of(me, "second-step/take")),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert "Nobody changes their own roles" in shown
    assert not re.search(r'action="[^"]*/(close|roles/give|roles/take|second-step/take)"', shown)
    me.refresh_from_db()
    assert me.closed_at is None
    assert {row.as_grant for row in me.grants.all()} == {Grant(Role.OPERATOR)}


def test_name_address_and_language_are_changed(operator: OperatorAtWork) -> None:
    account = open_account("old@example.org")

    answer = operator.post(page_of(account, "change"), email="NEW@example.org", name="New Name", language="ru")

    account.refresh_from_db()
    assert (account.email, account.name, account.language) == ("new@example.org", "New Name", "ru")
    assert "The changes were saved." in answer.text
    assert "example.org" not in str(list(AuditRow.objects.values()))


def test_an_address_that_another_has_is_refused_at_its_field(operator: OperatorAtWork) -> None:
    account = open_account("old@example.org")

    answer = operator.client.post(
        page_of(account, "change"), {"email": "operator@example.org", "name": "N", "language": "en"}
    )

    assert "exists already" in answer.text
    account.refresh_from_db()
    assert account.email == "old@example.org"


def test_a_sign_in_link_is_shown_once_opens_in_the_person_s_language_and_works_once(operator: OperatorAtWork) -> None:
    account = open_account("linked@example.org", password="", language="ru")

    answer = operator.client.post(page_of(account, "link"))

    found = re.search(r"http://testserver(/ru/account/link/[\w-]{43})<", answer.text)
    assert found
    assert "no-store" in answer["Cache-Control"]
    assert found[1].rpartition("/")[2] not in operator.client.get(page_of(account)).text
    person, late = browser(), browser()
    assert person.post(found[1]).url == "/ru/work/"
    assert is_signed_in(person)
    assert late.post(found[1]).status_code == 404
    assert acts_of(account)[0] == "accounts:link:make"


def test_a_new_link_makes_the_former_void(operator: OperatorAtWork) -> None:
    account = open_account(password="")
    links = [
        re.findall(r"/account/link/[\w-]+", operator.client.post(page_of(account, "link")).text)[0] for _ in range(2)
    ]

    assert browser().post(links[0]).status_code == 404
    assert browser().post(links[1]).status_code == 302


def test_a_closed_account_dies_at_its_next_request_and_lives_again_when_reopened(operator: OperatorAtWork) -> None:
    account = open_account()
    client = signed_in(account)
    token = actions.make_token(account=account, name="t", limits=["read"], days=1, actor=AT_WORK)
    actions.make_sign_in_link(account=account, actor=AT_WORK)

    closed = operator.post(page_of(account, "close"), reason="Left the ministry.")

    assert "The account is closed." in closed.text
    assert not is_signed_in(client)
    assert not SignInLink.objects.exists()
    assert ApiToken.objects.get(hash=actions.hash_of_token(token)).ended_at
    row = AuditRow.objects.get(action="accounts:account:close")
    assert (row.reason, row.actor_name) == ("Left the ministry.", str(operator.account.pk))
    assert operator.client.post(page_of(account, "link")).status_code == 409
    assert 'action="/account/people/' in closed.text
    reopened = operator.post(page_of(account, "reopen"))
    assert "The account is open again" in reopened.text
    assert is_signed_in(signed_in(account))


def test_what_stands_against_an_act_is_told_on_the_person_s_page(operator: OperatorAtWork) -> None:
    account = open_account()
    actions.close_account(account=account, reason="", actor=AT_WORK)

    answer = operator.client.post(page_of(account, "roles/give"), {"role": "editor", "scope": ""})

    assert answer.status_code == 409
    assert "is closed. Reopen it first." in answer.text
    assert Page.read(answer.text).h1 == [account.name]


def test_one_device_is_signed_out_and_the_others_stay(operator: OperatorAtWork) -> None:
    account = open_account()
    first, second = signed_in(account), signed_in(account)
    keys = [str(client.session.session_key) for client in (first, second)]
    shown = operator.client.get(page_of(account)).text
    refs = re.findall(r'name="session" value="(\w+)"', shown)

    operator.post(page_of(account, "sessions/end"), session=refs[0])

    assert len(refs) == 2
    assert not any(key in shown for key in keys)  # a key opens the account
    assert sorted([is_signed_in(first), is_signed_in(second)]) == [False, True]
    assert operator.client.post(page_of(account, "sessions/end"), {"session": refs[0]}).status_code == 404


def test_a_session_of_somebody_else_is_not_ended_through_another_s_page(operator: OperatorAtWork) -> None:
    account, other = open_account(), open_account("other@example.org")
    client = signed_in(account)
    ref = re.findall(r'name="session" value="(\w+)"', operator.client.get(page_of(account)).text)[0]

    assert operator.client.post(page_of(other, "sessions/end"), {"session": ref}).status_code == 404
    assert is_signed_in(client)


def test_all_devices_are_signed_out_and_are_strangers_again(operator: OperatorAtWork) -> None:
    account = open_account()
    clients = [signed_in(account), signed_in(account)]

    operator.post(page_of(account, "sessions/end-all"))

    account.refresh_from_db()
    assert [is_signed_in(client) for client in clients] == [False, False]
    assert account.trusted_since is not None


def test_an_operator_signs_herself_out_elsewhere_and_stays_here(operator: OperatorAtWork) -> None:
    session = Session.objects.get(account=operator.account)
    elsewhere = Session.objects.create(
        session_key="elsewhere",
        session_data=session.session_data,
        expire_date=session.expire_date,
        started_at=session.started_at,
        seen_at=session.seen_at,
        account=operator.account,
    )

    operator.post(page_of(operator.account, "sessions/end-all"))

    assert not Session.objects.filter(pk=elsewhere.pk).exists()
    assert is_signed_in(operator.client)


def test_a_token_is_ended_on_its_person_s_page_only(operator: OperatorAtWork) -> None:
    account, other = open_account(), open_account("other@example.org")
    actions.make_token(account=account, name="nightly <b>", limits=["read"], days=1, actor=AT_WORK)
    number = ApiToken.objects.get().pk

    wrong = operator.client.post(page_of(other, f"tokens/{number}/end"))
    right = operator.post(page_of(account, f"tokens/{number}/end"))

    assert wrong.status_code == 404
    assert "The token has ended." in right.text
    assert ApiToken.objects.get().ended_at
    assert operator.client.post(page_of(account, f"tokens/{10**30}/end")).status_code == 404


def test_a_lost_second_step_is_taken_away_told_and_ends_the_sessions(operator: OperatorAtWork) -> None:
    account = open_account()
    client = signed_in(account)
    add_app(account)

    answer = operator.post(page_of(account, "second-step/take"))

    assert "The second step was taken away" in answer.text
    assert not is_signed_in(client)
    assert is_signed_in(signed_in(account))  # by the password alone
    assert Notice.objects.get(account=str(account.pk)).kind == "accounts:step-ended"
    assert AuditRow.objects.get(action="accounts:second-step:end").details == {"type": "all"}


# What matters is asked for anew

SENSITIVE: list[tuple[str, dict[str, str]]] = [
    ("roles/give", {"role": "editor", "scope": ""}),
    ("roles/take", {"role": "editor", "scope": ""}),
    ("close", {"reason": "r"}),
    ("reopen", {}),
    ("link", {}),
    ("second-step/take", {}),
    ("change", {"email": "x@example.org", "name": "X", "language": "en"}),
]


@pytest.mark.parametrize(("act", "values"), SENSITIVE)
def test_what_matters_is_confirmed_when_the_sign_in_is_old(
    operator: OperatorAtWork, act: str, values: dict[str, str]
) -> None:
    account = open_account(role=Role.REVIEWER)
    before = AuditRow.objects.count()
    age_sign_in(operator.client)

    answer = operator.client.post(page_of(account, act), values)

    assert answer.url.startswith("/account/confirm/?next=")
    assert AuditRow.objects.count() == before


def test_opening_an_account_is_confirmed_and_then_goes_on(operator: OperatorAtWork) -> None:
    age_sign_in(operator.client)
    values = {"email": "a@example.org", "name": "A", "language": "en", "role": "editor", "scope": ""}

    asked = operator.client.post("/account/people/open/account", values)
    before = Account.objects.count()
    goes_on = operator.client.post(
        "/account/confirm/", {"password": "seven camels cross at dawn", "next": "/account/people/open/account"}
    )

    assert asked.url == "/account/confirm/?next=%2Faccount%2Fpeople%2Fopen%2Faccount"
    assert before == 1
    assert goes_on.url == page_of(Account.objects.get(email="a@example.org"))


def test_a_link_that_was_asked_for_is_shown_after_the_confirmation(operator: OperatorAtWork) -> None:
    account = open_account(password="")
    age_sign_in(operator.client)
    operator.client.post(page_of(account, "link"))

    shown = operator.client.post(
        "/account/confirm/", {"password": "seven camels cross at dawn", "next": page_of(account, "link")}
    )

    assert re.search(r"/account/link/[\w-]{43}<", shown.text)
    assert Page.read(shown.text).faults == []


def test_ending_a_session_is_never_held_up(operator: OperatorAtWork) -> None:
    account = open_account()
    client = signed_in(account)
    age_sign_in(operator.client)

    operator.post(page_of(account, "sessions/end-all"))

    assert not is_signed_in(client)


# How the pages are made


@pytest.mark.parametrize("prefix", ["", "/ru", "/zh-hans"])
def test_the_pages_are_well_made_in_every_language(operator: OperatorAtWork, prefix: str) -> None:
    with clock.frozen(datetime(2026, 11, 24, 9, 0, tzinfo=UTC)):
        account = open_account(name='<script>alert("x")</script>', email="x@example.org", role=Role.EDITOR)
        actions.make_token(account=account, name="<i>t</i>", limits=["read", "decide"], days=1, actor=AT_WORK)
    signed_in_elsewhere = browser()
    signed_in_elsewhere.post("/account/sign-in/", {"login": "x@example.org", "password": "seven camels cross at dawn"})

    for path in ("people/", "people/open/", f"people/{account.pk}/", f"people/{operator.account.pk}/"):
        answer = operator.client.get(f"{prefix}/account/{path}")
        page = Page.read(answer.text)

        assert answer.status_code == 200
        assert page.faults == []
        assert len(page.h1) == 1
        assert "<script>alert" not in answer.text
        assert "no-store" in answer["Cache-Control"]


def test_an_expired_token_is_shown_as_such(operator: OperatorAtWork) -> None:
    account = open_account()
    with clock.frozen(clock.now() - timedelta(days=2)):
        actions.make_token(account=account, name="t", limits=["read"], days=1, actor=AT_WORK)

    assert "Expired" in operator.client.get(page_of(account)).text
