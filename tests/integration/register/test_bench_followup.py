"""The part of follow-up in `serai bench register`: its reference agrees with the pages, and each figure can be bad."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.db import connection

from serai.kernel import clock
from serai.kernel.roles import Role
from serai.register.bench.followup import deciding, guessing
from serai.register.bench.followup.data import Made, make, store
from serai.register.bench.followup.plan import GuessesFound, GuessesPlan
from serai.register.bench.followup.reference import compare, expect_entries, expect_work, read_entry, read_work
from serai.register.bench.pages import Reader
from serai.register.bench.plan import SLEEP
from serai.register.followup.domain import Kind, SubmissionState, Verdict
from serai.register.followup.models import Decision, Request, Submission
from tests.signing_in import PASSWORD, add_app, code_of, make_link, open_account

TODAY = date(2026, 1, 15)
pytestmark = pytest.mark.django_db


@pytest.fixture
def made(db: None) -> Made:
    return make(figures=1500, account="me", today=TODAY, seed=3)


def test_figures_are_as_many_as_asked_for_and_a_fifth_of_them_is_on_one_entry(made: Made) -> None:
    store(made)

    standing = Submission.objects.filter(kind=Kind.MEASUREMENT, state=SubmissionState.PUBLISHED)
    assert standing.count() == 1500
    assert standing.filter(entry=made.places[0].entry).count() == 300
    assert standing.values("entry").distinct().count() == 127
    assert standing.filter(entry=made.places[0].entry).values("series", "party").distinct().count() > 20
    assert Submission.objects.filter(state=SubmissionState.WAITING).count() == 30
    assert Request.objects.count() == 75
    assert Decision.objects.count() == Submission.objects.exclude(state=SubmissionState.WAITING).count()


def test_same_seed_makes_the_same_and_another_seed_makes_another(made: Made) -> None:
    again, other = (make(figures=1500, account="me", today=TODAY, seed=seed) for seed in (3, 4))

    assert again == made
    assert other.rows != made.rows


def test_public_pages_show_what_the_reference_expects(made: Made) -> None:
    store(made)
    expected = expect_entries(made)
    reader = Reader()

    for place in [made.places[0], *made.places[1:120:12]]:
        found = read_entry(reader.visit(f"/register/{place.code}").page.decode())
        assert not compare(place.code, found, expected[place.entry])
        assert found.numbers
    assert expected[made.places[0].entry].counts[1] == 300


def test_work_list_shows_what_the_reference_expects() -> None:
    moment = datetime(2026, 1, 15, 12, tzinfo=UTC)
    account = open_account(role=Role.EDITOR)
    account.grants.create(role=Role.REVIEWER, scope="", given_at=moment, given_by="tests")
    secret = add_app(account)
    made = make(figures=3000, account=str(account.pk), today=TODAY, seed=3)
    store(made)
    with clock.frozen(moment):
        reader = Reader()
        reader.send("/account/sign-in/", {"login": account.email, "password": PASSWORD})
        reader.send("/account/sign-in/code/", {"code": code_of(secret)})

        found = read_work(reader.visit("/ru/work/").page.decode())

    expected = expect_work(made, str(account.pk), TODAY)
    assert not compare("/ru/work/", found, expected)
    assert min(found.counts.values()) > 20
    assert len(found.rows) == 3


def test_wrong_count_and_wrong_row_are_told(made: Made) -> None:
    right = expect_work(made, "me", TODAY)
    one_more = replace(right, counts=right.counts | {"review": right.counts["review"] + 1})
    entry = expect_entries(made)[made.places[0].entry]

    assert not compare("x", right, right)
    assert len(compare("x", one_more, right)) == 1
    assert len(compare("x", replace(right, rows=right.rows | {"silent": right.rows["silent"][::-1]}), right)) == 1
    assert len(compare("x", replace(entry, values=["0", *entry.values[1:]]), entry)) == 1
    assert len(compare("x", replace(entry, numbers=entry.numbers[1:]), entry)) == 1


def test_round_in_which_not_exactly_one_decision_stands_is_a_violation(made: Made) -> None:
    store(made)
    waiting = Submission.objects.filter(state=SubmissionState.WAITING)[0].pk
    right = Counter({"decided": 1, "already decided": 9})

    assert "0 decisions" in deciding._fault(waiting, right, 10)
    Decision.objects.create(submission_id=waiting, verdict=Verdict.PUBLISH, by="one", at=clock.now())
    assert "0 audit rows" in deciding._fault(waiting, right, 10)


def test_exactly_one_decision_with_its_audit_row_is_no_violation_unless_somebody_was_told_otherwise(db: None) -> None:
    entry = next(row for row in deciding.Entry.objects.order_by("position") if row.actors == ["all"])
    row = deciding._hand_in(entry)
    deciding.decide(number=row.pk, verdict=Verdict.PUBLISH, actor=deciding._person("one", Role.REVIEWER))

    assert not deciding._fault(row.pk, Counter({"decided": 1, "already decided": 9}), 10)
    assert deciding._fault(row.pk, Counter({"decided": 2, "already decided": 8}), 10)
    assert deciding._fault(row.pk, Counter({"decided": 1, "OperationalError: locked": 9}), 10)


def attack(monkeypatch: pytest.MonkeyPatch) -> GuessesFound:
    if connection.vendor != "sqlite":
        pytest.skip("the benchmark runs on SQLite, whose own tables tell the size of one")
    monkeypatch.delenv(SLEEP, raising=False)
    account = open_account("target@example.org", password="")
    plan = GuessesPlan(seed=1, link=make_link(account), email=account.email, guesses=115, addresses=100)
    with clock.frozen(clock.now().replace(minute=1)):  # all of it in one window
        return guessing.measure(plan)


@pytest.mark.slow
def test_guesses_are_refused_and_the_owner_is_let_in(monkeypatch: pytest.MonkeyPatch) -> None:
    found = attack(monkeypatch)

    assert (found.successes, found.lockouts, found.refused) == ([], [], 2 * 115 - 100)
    assert found.table_kb > 0
    assert found.rss_kb >= 0


@pytest.mark.slow
def test_guess_that_gets_in_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    from serai.site.accounts import throttle

    monkeypatch.setitem(throttle.RULES, "sign-in", throttle.Rule(pair=9999, address=9999, account=9999))

    found = attack(monkeypatch)

    assert len(found.successes) == 2


@pytest.mark.slow
def test_owner_who_is_locked_out_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    from serai.site.accounts import throttle

    monkeypatch.setitem(throttle.RULES, "sign-in", throttle.Rule(pair=9999, address=9999, account=5))

    found = attack(monkeypatch)

    assert [line.split(",")[0] for line in found.lockouts] == ["the owner from another address"]
