"""Handing in and deciding: four eyes, one answer, corrections that supersede, nothing overwritten."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from serai.kernel.models import AuditRow, Notice
from serai.kernel.revision import get_revisions
from serai.kernel.roles import Actor, Role
from serai.register import queries as register
from serai.register.followup import queries
from serai.register.followup.actions import decisions, requests, submissions
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Verdict
from serai.register.followup.errors import (
    AlreadyAnswered,
    AlreadyDecided,
    FigureExists,
    InvalidSubmission,
    KeyUsed,
    NoIndicator,
    NoSuchSubmission,
    NotAllowed,
    NotCurrent,
    NotFocalPoint,
    OwnSubmission,
)
from serai.register.followup.models import Decision, Request, Submission
from serai.register.followup.parties import state_party
from serai.register.models import Entry
from serai.register.revisions import FIGURES, REGISTER
from serai.register.states import State
from tests.integration.followup.conftest import Staff

KZ, UZ = state_party("KZ"), state_party("UZ")
FIGURE = Draft(
    kind=Kind.MEASUREMENT, value="1250", period="2026-H1", provenance="declared", source="Ministry, letter 12"
)
NOTE = Draft(kind=Kind.UPDATE, note="The nursery in the delta was planted.")
pytestmark = pytest.mark.django_db


def ask(entry: Entry, staff: Staff) -> Request:
    return requests.ask_for_update(entry=entry, party=KZ, due=date(2026, 12, 15), actor=staff.editor)


def publish(entry: Entry, staff: Staff, draft: Draft = FIGURE) -> Submission:
    row = submissions.submit(entry=entry, party=KZ, draft=draft, actor=staff.focal)
    decisions.decide(number=row.pk, verdict=Verdict.PUBLISH, actor=staff.reviewer)
    return row


def test_answer_is_public_only_after_a_second_person_published_it(entry: Entry, staff: Staff) -> None:
    request = ask(entry, staff)
    row = submissions.answer_request(number=request.pk, draft=FIGURE, actor=staff.focal)
    assert queries.figures_of(entry) == []

    decisions.decide(number=row.pk, verdict=Verdict.PUBLISH, actor=staff.reviewer)

    assert [figure.value for figure in queries.figures_of(entry)] == [Decimal(1250)]
    request.refresh_from_db()
    assert request.state == "closed"


def test_published_figure_makes_the_entry_measured(entry: Entry, staff: Staff) -> None:
    assert register.state_of(entry) is State.NOT_YET_MEASURED

    publish(entry, staff)

    assert register.state_of(entry) is State.MEASURED
    found = register.list_entries(register.ListRequest(choice={"state": ["measured"]}))
    assert [row.code for row in found.entries] == [entry.code]


def test_second_figure_moves_the_figures_but_not_the_whole_register(entry: Entry, staff: Staff) -> None:
    publish(entry, staff)
    before = get_revisions(REGISTER, FIGURES)

    publish(entry, staff, replace(FIGURE, period="2025-H2"))

    after = get_revisions(REGISTER, FIGURES)
    assert after[0] == before[0]
    assert after[1] == before[1] + 1


def test_nobody_decides_on_their_own(entry: Entry, staff: Staff) -> None:
    both = staff.directory.add("both", (Role.EDITOR, ""), (Role.REVIEWER, ""))
    row = submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=both)

    with pytest.raises(OwnSubmission):
        decisions.decide(number=row.pk, verdict=Verdict.PUBLISH, actor=both)

    assert not Decision.objects.exists()


@pytest.mark.parametrize("who", ["editor", "focal", "other_focal", "auditor", "operator"])
def test_only_a_reviewer_decides(entry: Entry, staff: Staff, who: str) -> None:
    row = submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=staff.focal)

    with pytest.raises(NotAllowed):
        decisions.decide(number=row.pk, verdict=Verdict.PUBLISH, actor=getattr(staff, who))


def test_reviewer_of_another_state_does_not_decide(entry: Entry, staff: Staff) -> None:
    narrow = staff.directory.add("narrow", (Role.REVIEWER, "state:UZ"))
    row = submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=staff.focal)

    with pytest.raises(NotAllowed):
        decisions.decide(number=row.pk, verdict=Verdict.PUBLISH, actor=narrow)


def test_second_decision_changes_nothing_and_names_the_first(entry: Entry, staff: Staff) -> None:
    row = submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=staff.focal)
    decisions.decide(number=row.pk, verdict=Verdict.PUBLISH, actor=staff.reviewer)

    with pytest.raises(AlreadyDecided) as caught:
        decisions.decide(number=row.pk, verdict=Verdict.RETURN, reason="wrong", actor=staff.second_reviewer)

    assert caught.value.theirs["by"] == "Reviewer"
    row.refresh_from_db()
    assert row.state == "published"


def test_returned_answer_opens_the_request_again_and_tells_its_maker(entry: Entry, staff: Staff) -> None:
    request = ask(entry, staff)
    row = submissions.answer_request(number=request.pk, draft=FIGURE, actor=staff.focal)

    decisions.decide(
        number=row.pk, verdict=Verdict.RETURN, reason="The period is missing a month.", actor=staff.reviewer
    )

    request.refresh_from_db()
    assert request.state == "open"
    assert Notice.objects.get(kind="followup:returned").account == "focal"
    again = submissions.answer_request(number=request.pk, draft=FIGURE, actor=staff.focal)
    assert again.pk != row.pk


def test_return_without_a_reason_is_refused(entry: Entry, staff: Staff) -> None:
    row = submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=staff.focal)

    with pytest.raises(InvalidSubmission):
        decisions.decide(number=row.pk, verdict=Verdict.RETURN, actor=staff.reviewer)


def test_second_answer_is_refused_and_shows_both(entry: Entry, staff: Staff) -> None:
    request = ask(entry, staff)
    first = submissions.answer_request(number=request.pk, draft=FIGURE, actor=staff.focal)

    with pytest.raises(AlreadyAnswered) as caught:
        submissions.answer_request(number=request.pk, draft=replace(FIGURE, value="1300"), actor=staff.focal)

    assert caught.value.theirs == {
        "number": str(first.pk),
        "value": "1250",
        "unit": "hectares per year",
        "period": "2026-H1",
    }
    assert caught.value.yours["value"] == "1300"
    assert Submission.objects.count() == 1


def test_focal_point_named_for_the_entry_alone_answers(entry: Entry, staff: Staff) -> None:
    from serai.register.followup.actions.focal_points import name_focal_point

    staff.directory.add("colleague", (Role.FOCAL_POINT, "state:KZ"))
    name_focal_point(party=KZ, entry=entry, account="colleague", actor=staff.editor)
    request = ask(entry, staff)

    with pytest.raises(NotFocalPoint):
        submissions.answer_request(number=request.pk, draft=FIGURE, actor=staff.focal)


def test_focal_point_of_another_state_does_not_answer(entry: Entry, staff: Staff) -> None:
    request = ask(entry, staff)

    with pytest.raises(NotAllowed):
        submissions.answer_request(number=request.pk, draft=FIGURE, actor=staff.other_focal)


def test_correction_supersedes_and_both_stay(entry: Entry, staff: Staff) -> None:
    first = publish(entry, staff)
    fix = submissions.submit(
        entry=entry, party=KZ, draft=replace(FIGURE, value="1275"), actor=staff.focal, supersedes=first
    )
    assert [row.value for row in queries.figures_of(entry)] == [Decimal(1250)]

    decisions.decide(number=fix.pk, verdict=Verdict.PUBLISH, actor=staff.reviewer)

    assert [row.value for row in queries.figures_of(entry)] == [Decimal(1275)]
    assert [(row.value, row.state) for row in queries.all_figures_of(entry).order_by("pk")] == [
        (Decimal(1250), "superseded"),
        (Decimal(1275), "published"),
    ]


def test_of_two_corrections_only_one_is_published(entry: Entry, staff: Staff) -> None:
    first = publish(entry, staff)
    one, two = (
        submissions.submit(
            entry=entry, party=KZ, draft=replace(FIGURE, value=value), actor=staff.focal, supersedes=first
        )
        for value in ("1275", "1280")
    )
    decisions.decide(number=one.pk, verdict=Verdict.PUBLISH, actor=staff.reviewer)

    with pytest.raises(NotCurrent) as caught:
        decisions.decide(number=two.pk, verdict=Verdict.PUBLISH, actor=staff.reviewer)

    assert caught.value.theirs["value"] == "1275"
    two.refresh_from_db()
    assert two.state == "waiting"


def test_second_figure_for_the_same_period_must_be_a_correction(entry: Entry, staff: Staff) -> None:
    publish(entry, staff)

    with pytest.raises(FigureExists):
        submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=staff.focal)


def test_figures_of_two_parties_stand_side_by_side(entry: Entry, staff: Staff) -> None:
    publish(entry, staff)
    row = submissions.submit(entry=entry, party=UZ, draft=replace(FIGURE, value="900"), actor=staff.other_focal)
    decisions.decide(number=row.pk, verdict=Verdict.PUBLISH, actor=staff.reviewer)

    latest = queries.latest_figures([entry.pk])[entry.pk]

    assert [(row.party, row.value) for row in latest] == [("state:KZ", Decimal(1250)), ("state:UZ", Decimal(900))]


def test_statement_stands_beside_the_figure_and_does_not_change_it(entry: Entry, staff: Staff) -> None:
    figure = publish(entry, staff)
    row = submissions.submit(
        entry=entry,
        party=UZ,
        draft=Draft(kind=Kind.STATEMENT, note="The border strip is counted by both."),
        actor=staff.other_focal,
        about=figure,
    )
    assert queries.statements_about([figure.pk]) == {}

    decisions.decide(number=row.pk, verdict=Verdict.PUBLISH, actor=staff.reviewer)

    assert [item.pk for item in queries.statements_about([figure.pk])[figure.pk]] == [row.pk]
    assert queries.figures_of(entry)[0].value == Decimal(1250)


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"value": "12 km"}, "value", "bad_value"),
        ({"value": "1,250"}, "value", "bad_value"),
        ({"value": "-3"}, "value", "out_of_range"),
        ({"unit": "km²"}, "value", "wrong_unit"),
        ({"period": "2026-H2"}, "period", "future_period"),
        ({"period": "2027"}, "period", "future_period"),
        ({"period": "last year"}, "period", "bad_period"),
        ({"period": ""}, "period", "missing"),
        ({"coverage": "120"}, "coverage", "bad_coverage"),
        ({"coverage": "NaN"}, "coverage", "bad_coverage"),
        ({"provenance": "guessed"}, "provenance", "bad_choice"),
        ({"provenance": "simulated"}, "provenance", "simulated_here"),
        ({"source": ""}, "source", "no_source"),
        ({"link": "javascript:alert(1)"}, "link", "bad_link"),
        ({"note": "x" * 4001}, "note", "too_long"),
        ({"measure": 7}, "value", "bad_choice"),
    ],
)
def test_bad_input_is_told_by_field_and_nothing_is_kept(
    entry: Entry, staff: Staff, change: dict[str, str], field: str, code: str
) -> None:
    with pytest.raises(InvalidSubmission) as caught:
        submissions.submit(entry=entry, party=KZ, draft=replace(FIGURE, **change), actor=staff.focal)

    assert [(fault.field, fault.error.code) for fault in caught.value.faults] == [(field, code)]
    assert not Submission.objects.exists()


def test_every_fault_of_a_form_is_told_at_once(entry: Entry, staff: Staff) -> None:
    draft = replace(FIGURE, value="many", period="soon", coverage="all", source="")

    with pytest.raises(InvalidSubmission) as caught:
        submissions.submit(entry=entry, party=KZ, draft=draft, actor=staff.focal)

    assert [fault.field for fault in caught.value.faults] == ["value", "period", "coverage", "source"]


def test_entry_without_an_indicator_takes_a_note_but_no_figure(staff: Staff) -> None:
    row = Entry.objects.filter(indicator=None, actors=["all"]).exclude(scope__in=["relevant-parties"]).first()
    assert row is not None

    with pytest.raises(NoIndicator):
        submissions.submit(entry=row, party=KZ, draft=FIGURE, actor=staff.focal)
    noted = submissions.submit(entry=row, party=KZ, draft=NOTE, actor=staff.focal)

    assert noted.kind == "update"


def test_same_key_hands_in_once_and_is_no_one_elses(entry: Entry, staff: Staff) -> None:
    first = submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=staff.focal, key="k1")

    again = submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=staff.focal, key="k1")

    assert again.pk == first.pk
    with pytest.raises(KeyUsed):
        submissions.submit(entry=entry, party=UZ, draft=FIGURE, actor=staff.other_focal, key="k1")


def test_maker_withdraws_what_waits_and_nobody_else_does(entry: Entry, staff: Staff) -> None:
    row = submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=staff.focal)
    with pytest.raises(NoSuchSubmission):
        decisions.decide(number=row.pk, verdict=Verdict.WITHDRAW, actor=staff.reviewer)

    decisions.decide(number=row.pk, verdict=Verdict.WITHDRAW, actor=staff.focal)

    row.refresh_from_db()
    assert row.state == "withdrawn"


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("focal", True),
        ("editor", True),
        ("reviewer", True),
        ("auditor", True),
        ("other_focal", False),
        ("operator", False),
    ],
)
def test_draft_is_seen_by_those_concerned_only(entry: Entry, staff: Staff, who: str, *, sees: bool) -> None:
    row = submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=staff.focal)
    actor: Actor = getattr(staff, who)

    if sees:
        assert queries.get_submission(row.pk, actor).pk == row.pk
    else:
        with pytest.raises(NoSuchSubmission) as caught:
            queries.get_submission(row.pk, actor)
        assert caught.value.is_denial


def test_database_refuses_to_change_or_delete_what_was_handed_in(entry: Entry, staff: Staff) -> None:
    row = publish(entry, staff)

    for change in (
        lambda: Submission.objects.filter(pk=row.pk).update(value=1),
        lambda: Submission.objects.filter(pk=row.pk).update(note="other"),
        lambda: Decision.objects.filter(pk=row.pk).update(by="somebody"),
        lambda: Decision.objects.filter(pk=row.pk)._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_digest_covers_the_owner_node_and_stands_in_the_audit_row(entry: Entry, staff: Staff) -> None:
    row = publish(entry, staff)
    digest = row.digest

    row.owner_node = "KZ"

    assert submissions.digest_of(row, files=[]) != digest
    assert {line.details["digest"] for line in AuditRow.objects.filter(subject=f"submission {row.pk}")} == {digest}


def test_digest_covers_the_files(entry: Entry, staff: Staff) -> None:
    row = publish(entry, staff)

    assert submissions.digest_of(row, files=[]) == row.digest
    assert submissions.digest_of(row, files=["0" * 64]) != row.digest


def test_same_key_with_other_content_is_refused_and_shows_both(entry: Entry, staff: Staff) -> None:
    submissions.submit(entry=entry, party=KZ, draft=FIGURE, actor=staff.focal, key="k1")

    with pytest.raises(KeyUsed) as caught:
        submissions.submit(entry=entry, party=KZ, draft=replace(FIGURE, value="1300"), actor=staff.focal, key="k1")

    assert (caught.value.yours["value"], caught.value.theirs["value"]) == ("1300", "1250")
    assert Submission.objects.count() == 1
