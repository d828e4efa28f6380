"""Follow-up over the exchange: what is published travels, what arrives stands beside ours with its owner, once."""

import json
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from serai.exchange.errors import MessageRefused
from serai.exchange.handlers import NotYet
from serai.exchange.models import Intent
from serai.kernel import clock
from serai.kernel.roles import Scope
from serai.register.followup import messages, public, queries, refusals, sharing
from serai.register.followup.actions.decisions import decide
from serai.register.followup.actions.submissions import submit
from serai.register.followup.chart.points import Series, in_order
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Period, SubmissionState, Verdict
from serai.register.followup.errors import AlreadyDecided, NoSuchSubmission, NotOurs
from serai.register.followup.feeds import FEED_OF
from serai.register.followup.models import Decision, EarlyStatement, Submission
from serai.register.followup.page_digest import page_digest, sum_anew
from serai.register.followup.parties import name_givers
from serai.register.followup.public import follow_up_of
from serai.register.followup.queries import latest_figures
from serai.register.models import CatalogueVersion, Entry
from serai.register.units import split_units
from tests.integration.followup.conftest import Staff
from tests.integration.followup.telling import introduce, message, of_kz, publish, statement_of_kz, take, uid

pytestmark = pytest.mark.django_db


def test_what_is_published_is_queued_for_every_peer_without_people() -> None:
    introduce("KZ"), introduce("UZ")

    row = publish()

    intents = list(Intent.objects.filter(type=sharing.TYPE).order_by("peer"))
    assert [(one.peer, one.lane) for one in intents] == [("KZ", "register"), ("UZ", "register")]
    assert row.made_by not in intents[0].body
    assert '"identity":["SEC",' in intents[0].body


def test_a_new_peer_is_told_what_was_published_before_once() -> None:
    publish(), publish(period="2026-Q2", key="two")
    introduce()

    sharing.greet("KZ"), sharing.greet("KZ")

    assert Intent.objects.filter(type=sharing.TYPE).count() == 2


def test_figure_of_another_node_stands_beside_ours() -> None:
    row = publish()

    take(of_kz(row, value="99"))

    figures = Submission.objects.filter(entry=row.entry, state=SubmissionState.PUBLISHED).order_by("pk")
    assert [(one.owner_node, one.value) for one in figures] == [("SEC", Decimal(12)), ("KZ", Decimal(99))]
    assert figures[1].made_by == "node:KZ"
    page = Client().get("/register/VI.4").content.decode()
    assert "99" in page
    assert "Kazakhstan" in page


def test_the_same_again_does_nothing_and_other_content_is_refused() -> None:
    body = of_kz(publish(), value="99")
    take(body)

    take(body)

    assert Submission.objects.filter(owner_node="KZ").count() == 1
    with pytest.raises(refusals.SubmissionDiffers):
        take(body | {"value": "98"})


def test_a_node_speaks_for_itself_only() -> None:
    row = publish()
    body = of_kz(row)

    with pytest.raises(refusals.NotItsOwn):
        take(body, sender="UZ")
    with pytest.raises(refusals.NotItsOwn):
        take(body | {"identity": sharing.identity_of(row)})


@pytest.mark.parametrize(
    "changes",
    [
        {"value": "NaN"},
        {"value": None},
        {"value": "1e400"},
        {"value": "101"},  # per cent
        {"value": "0.0000001"},
        {"coverage": "250"},
        {"measure": 99},
        {"kind": "rumour"},
        {"kind": "update"},
        {"party": "state:XX"},
        {"period": "soon"},
        {"provenance": "simulated"},
        {"link": "javascript:alert(1)"},
        {"made_at": "yesterday"},
        {"made_at": "0001-01-01T00:00:00+14:00"},
        {"files": [["a", "b"]]},
        {"files": [["a", "b" * 64, 10**40, "c"]]},
        {"identity": ["KZ"]},
        {"identity": ["KZ", 7]},
        {"number": 0},
        {"number": 10**30},
        {"about": ["KZ", "0" * 32]},
        {"surprise": 1},
        {"note": 5},
        {"note_language": "tlh"},
    ],
)
def test_what_is_no_submission_is_refused_whole(changes: dict[str, object]) -> None:
    body = of_kz(publish()) | changes

    with pytest.raises(MessageRefused):
        messages.take(message(body, digest="0" * 64))
    with pytest.raises(MessageRefused):
        messages.take(message(body, digest=digest_if_any(body)))

    assert not Submission.objects.filter(owner_node="KZ").exists()


def digest_if_any(body: Mapping[str, object]) -> str:
    """Return the digest of a body; of one that RFC 8785 cannot write, any."""
    try:
        return sharing.digest_of_body(body)
    except ValueError:
        return "0" * 64


@pytest.mark.parametrize(
    "changes", [{"value": "12.50"}, {"made_at": "2026-11-24T09:00:00+00:00"}, {"coverage": "80.0"}, {"measure": False}]
)
def test_what_is_written_another_way_is_refused_since_pages_would_have_two_digests(changes: dict[str, object]) -> None:
    with pytest.raises(refusals.NotASubmission):
        take(of_kz(publish()) | changes)


def test_digest_that_is_not_of_what_travelled_is_refused() -> None:
    with pytest.raises(refusals.NotASubmission):
        messages.take(message(of_kz(publish()), digest="0" * 64))


def test_unknown_entry_is_refused_unless_a_newer_catalogue_is_on_its_way() -> None:
    body = of_kz(publish(), entry="XX.99")

    with pytest.raises(refusals.NoSuchEntryHere):
        take(body)
    with pytest.raises(NotYet):
        take(body, catalogue=2)
    CatalogueVersion.objects.update(published=2)
    with pytest.raises(refusals.NoSuchEntryHere):
        take(body, catalogue=2)


def test_correction_supersedes_the_figure_of_its_owner() -> None:
    row = publish()
    take(of_kz(row, value="99"))

    take(of_kz(row, number=8, value="97", supersedes=["KZ", uid(7)]))

    states = dict(Submission.objects.filter(owner_node="KZ").values_list("origin", "state"))
    assert states == {7: SubmissionState.SUPERSEDED, 8: SubmissionState.PUBLISHED}
    assert Submission.objects.get(pk=row.pk).state == SubmissionState.PUBLISHED


def test_correction_of_what_never_arrived_is_refused() -> None:
    with pytest.raises(refusals.TargetMissing):
        take(of_kz(publish(), supersedes=["KZ", uid(7)], number=8))


def test_an_owner_that_was_restored_and_publishes_anew_replaces_what_it_lost() -> None:
    row = publish()
    take(of_kz(row, value="99", number=7))

    take(of_kz(row, value="98", number=7, identity=["KZ", uid(70)]))

    standing = Submission.objects.get(owner_node="KZ", state=SubmissionState.PUBLISHED)
    assert standing.value == Decimal(98)


def test_nobody_corrects_or_decides_on_what_another_node_owns(staff: Staff) -> None:
    row = publish()
    with pytest.raises(refusals.NotItsOwn):
        take(of_kz(row, supersedes=sharing.identity_of(row)))
    take(of_kz(row, value="99"))
    foreign = Submission.objects.get(owner_node="KZ")

    with pytest.raises(NotOurs):
        submit(
            entry=row.entry,
            party=Scope(""),
            draft=Draft(kind=Kind.MEASUREMENT, value="5", period="2026-Q1", source="x", provenance="declared"),
            actor=staff.editor,
            supersedes=foreign,
        )
    for verdict in (Verdict.PUBLISH, Verdict.RETURN):
        with pytest.raises(AlreadyDecided):
            decide(number=foreign.pk, verdict=verdict, actor=staff.reviewer, reason="no")
    with pytest.raises(NoSuchSubmission):
        decide(number=foreign.pk, verdict=Verdict.WITHDRAW, actor=staff.reviewer)


def test_a_party_of_this_node_states_beside_another_nodes_figure(staff: Staff) -> None:
    take(of_kz(publish(), value="99"))
    foreign = Submission.objects.get(owner_node="KZ")

    statement = submit(
        entry=foreign.entry,
        party=Scope("state:UZ"),
        draft=Draft(kind=Kind.STATEMENT, note="We count otherwise."),
        actor=staff.other_focal,
        about=foreign,
    )
    decide(number=statement.pk, verdict=Verdict.PUBLISH, actor=staff.reviewer)

    statement.refresh_from_db()
    assert sharing.public_body(statement)["about"] == ["KZ", uid(7)]


def test_another_nodes_statement_stands_beside_our_figure() -> None:
    row = publish()

    take(statement_of_kz(row, about=sharing.identity_of(row)))

    assert Submission.objects.get(owner_node="KZ").about == row


@pytest.mark.parametrize("owner", ["SEC", "KZ"])
def test_statement_about_a_figure_that_was_never_published_is_refused(owner: str) -> None:
    with pytest.raises(refusals.TargetMissing):
        take(statement_of_kz(publish(), about=[owner, uid(3)]))


def test_statement_about_a_third_nodes_figure_is_kept_until_the_figure_arrives() -> None:
    row = publish()
    statement = statement_of_kz(row, about=["UZ", uid(3)])

    take(statement), take(statement)
    assert not Submission.objects.filter(kind=Kind.STATEMENT).exists()
    take(of_kz(row, identity=["UZ", uid(3)], number=3), sender="UZ")

    kept = Submission.objects.get(kind=Kind.STATEMENT)
    assert (kept.owner_node, kept.about) == ("KZ", Submission.objects.get(owner_node="UZ"))
    assert kept.decision.public_digest == sharing.digest_of_body(statement)
    assert not EarlyStatement.objects.exists()
    take(statement)
    assert Submission.objects.filter(kind=Kind.STATEMENT).count() == 1


def test_statement_that_waits_hinders_no_figure_that_it_cannot_be_about() -> None:
    row = publish()
    take(statement_of_kz(row, about=["UZ", uid(3)]))

    other = Entry.objects.get(code="II.6")
    unit = split_units(other.indicator.text("unit", "en"))[0]
    take(of_kz(row, identity=["UZ", uid(3)], number=3, entry="II.6", unit=unit), sender="UZ")

    assert Submission.objects.filter(owner_node="UZ").exists()
    assert not EarlyStatement.objects.exists()
    assert not Submission.objects.filter(kind=Kind.STATEMENT).exists()


def test_feeds_count_what_this_node_published_only() -> None:
    row = publish()
    nothing = {"value": None, "measure": None, "unit": "", "rule": "", "source_kind": "", "provenance": ""}
    commitment = Entry.objects.filter(kind="commitment").exclude(pk=row.entry.pk).first()
    assert commitment is not None

    take(of_kz(row, kind="update", entry=commitment.code, note="Done.", note_language="en", **nothing))

    period = Period.parse("2026-11")
    assert Submission.objects.get(owner_node="KZ").kind == Kind.UPDATE
    assert FEED_OF["REG-NOTES"].measure(period) == 0


def test_series_of_two_nodes_are_never_one() -> None:
    row = publish(period="2026-Q1")
    take(of_kz(row, value="99", period="2025-Q4"))

    newest = latest_figures([row.entry.pk])[row.entry.pk]
    page = Client().get("/register/VI.4").content.decode()

    assert [(one.owner_node, one.value) for one in newest] == [("KZ", Decimal(99)), ("SEC", Decimal(12))]
    assert page.count('class="figure-value"') == 2


def test_what_two_nodes_say_of_one_party_is_two_lines_of_a_chart_with_two_names() -> None:
    row = publish(party="state:KZ")
    publish(value="14", period="2026-Q2", key="two", party="state:KZ")
    take(of_kz(row, value="22"))
    take(of_kz(row, number=8, value="25", period="2026-Q2"))

    (chart,) = follow_up_of(row.entry, "en").charts

    lines = {line.name: [point.value for point in in_order(line.points)] for line in chart_series(row.entry)}
    assert lines == {
        "Kazakhstan": [Decimal(22), Decimal(25)],
        "Kazakhstan (Secretariat)": [Decimal(12), Decimal(14)],
    }
    assert chart.has_series


def chart_series(entry: Entry) -> list[Series]:
    rows = queries.figures_of(entry)
    return public.make_series(rows, name_givers(rows, "en"), "en")


def test_what_another_node_published_is_in_nobodys_work(staff: Staff) -> None:
    row = publish()
    take(of_kz(row, value="99"))
    take(statement_of_kz(row, about=["KZ", uid(7)]))

    for person in (staff.editor, staff.reviewer, staff.focal):
        work = queries.work_of(person, today=clock.today())
        assert not (*work.to_answer, *work.to_review, *work.returned, *work.waiting, *work.silent)
        assert not queries.drafts_on(row.entry, person)


def test_a_page_has_the_same_digest_on_every_node_in_whatever_order_it_came(monkeypatch: pytest.MonkeyPatch) -> None:
    introduce("UZ")
    entry = Entry.objects.get(code="VI.4")
    empty = page_digest(entry).digest
    with transaction.atomic():
        row = publish()
        one = page_digest(entry).digest
        publish(value="13", key="two")
        foreign = of_kz(row, value="99")
        take(foreign)
        at_sec = page_digest(entry)
        sent = [json.loads(intent.body) for intent in Intent.objects.filter(type=sharing.TYPE).order_by("pk")]
        transaction.set_rollback(True)

    monkeypatch.setattr(settings, "IDENTITY", replace(settings.IDENTITY, code="UZ"))
    take(foreign)
    for body in sent:
        messages.take(replace(message(foreign, sender="SEC"), body=body))
    at_uz = page_digest(entry)

    assert len({empty, one, at_sec.digest}) == 3
    assert at_uz.digest == at_sec.digest
    assert [(owner.code, owner.count) for owner in at_uz.owners] == [("KZ", 1), ("SEC", 2)]
    assert all(owner.received_at for owner in at_uz.owners)
    assert Decision.objects.filter(public_digest="").count() == 0


def test_the_tally_is_the_sum_of_its_rows() -> None:
    row = publish()
    publish(value="13", key="two")
    take(of_kz(row, value="99"))
    take(statement_of_kz(row, about=["KZ", uid(7)]))

    sums = {tally.owner_node: (tally.count, tally.sum) for tally in row.entry.tallies.all()}

    assert sums == {"SEC": (2, sum_anew(row.entry, "SEC")), "KZ": (2, sum_anew(row.entry, "KZ"))}
