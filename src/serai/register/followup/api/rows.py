"""Rows of follow-up as the API tells them. People are named only to those who may see drafts of the party."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from serai.kernel import clock
from serai.kernel.people import find_people
from serai.kernel.roles import Actor
from serai.register.followup import present, queries
from serai.register.followup.api.shapes import (
    DecisionData,
    EvidenceData,
    FocalPointData,
    NoteData,
    PersonData,
    PublicFigureData,
    RequestData,
    StatementData,
    SubmissionData,
)
from serai.register.followup.domain import Kind, plain
from serai.register.followup.models import Evidence, FocalPoint, Request, Submission
from serai.register.followup.rights import may_know_people
from serai.register.schemas import figure_data

KIND_NAMES: Final = {Kind.MEASUREMENT: "figure", Kind.UPDATE: "note", Kind.STATEMENT: "statement"}
KINDS: Final = {name: kind for kind, name in KIND_NAMES.items()}
_ADDRESS: Final = "/api/v1/follow-up/evidence/"


def figures_data(rows: Sequence[Submission]) -> list[PublicFigureData]:
    """Return published figures with what stands beside them."""
    statements = queries.statements_about([row.pk for row in rows])
    evidence = queries.evidence_of(rows, Actor.public())
    newer = Submission.objects.filter(supersedes__in=rows, state__in=queries.PUBLIC)
    corrected = dict(newer.values_list("supersedes_id", "pk"))
    return [
        PublicFigureData(
            **figure_data(row).model_dump(),
            state=row.state,
            rule_text=present.rule_in_words(row),
            published_at=_published(row),
            corrected_by=corrected.get(row.pk),
            note=row.note,
            note_language=row.note_language,
            statements=[_statement_data(item) for item in statements.get(row.pk, ())],
            evidence=_files_data(row, evidence),
        )
        for row in rows
    ]


def _statement_data(row: Submission) -> StatementData:
    return StatementData(
        number=row.pk,
        party=row.party or row.owner_node,
        owner_node=row.owner_node,
        owner_number=row.owner_number,
        note=row.note,
        note_language=row.note_language,
        source=row.source,
        link=row.link,
        published_at=_published(row),
        digest=row.digest,
        public_digest=row.decision.public_digest,
    )


def notes_data(rows: Sequence[Submission]) -> list[NoteData]:
    """Return published notes."""
    evidence = queries.evidence_of(rows, Actor.public())
    return [
        NoteData(
            number=row.pk,
            note=row.note,
            note_language=row.note_language,
            period=row.period,
            source=row.source,
            link=row.link,
            given_by=row.party or row.owner_node,
            owner_node=row.owner_node,
            owner_number=row.owner_number,
            published_at=_published(row),
            digest=row.digest,
            public_digest=row.decision.public_digest,
            evidence=_files_data(row, evidence),
        )
        for row in rows
    ]


def _files_data(row: Submission, evidence: Mapping[int, Sequence[Evidence]]) -> list[EvidenceData]:
    """Return the files of a published submission; another node's lie there, and are told of."""
    if row.is_ours:
        return [_evidence_data(item) for item in evidence.get(row.pk, ())]
    return [
        EvidenceData(number=None, name=name, media_type=kind, size=size, sha256=digest, is_public=True, address=None)
        for name, digest, size, kind in row.told_files
    ]


def _evidence_data(item: Evidence) -> EvidenceData:
    return EvidenceData(
        number=item.pk,
        name=item.name,
        media_type=item.file.media_type,
        size=item.file.size,
        sha256=item.file_id,
        is_public=item.is_public,
        address=f"{_ADDRESS}{item.pk}",
    )


def submissions_data(rows: Sequence[Submission], actor: Actor) -> list[SubmissionData]:
    """Return what was handed in, as far as each row's people may be named to the actor."""
    evidence = queries.evidence_of(rows, actor)
    decisions = [decision for row in rows if (decision := queries.decision_of(row))]
    people = _people({row.made_by for row in rows} | {decision.by for decision in decisions})
    return [_submission_data(row, actor, people, evidence.get(row.pk, ())) for row in rows]


def _submission_data(
    row: Submission, actor: Actor, people: Mapping[str, PersonData], evidence: Sequence[Evidence]
) -> SubmissionData:
    named = people if may_know_people(actor, row) else {}
    decision = queries.decision_of(row)
    return SubmissionData(
        number=row.pk,
        kind=KIND_NAMES[Kind(row.kind)],
        state=row.state,
        entry=row.entry.code,
        party=row.party,
        owner_node=row.owner_node,
        value=None if row.value is None else str(plain(row.value)),
        unit=row.unit,
        measure=row.measure,
        series=row.series,
        period=row.period,
        period_start=_iso(row.period_start),
        period_end=_iso(row.period_end),
        coverage_percent=None if row.coverage is None else str(plain(row.coverage)),
        coverage_note=row.coverage_note,
        provenance=row.provenance,
        rule=row.rule,
        source=row.source,
        link=row.link,
        note=row.note,
        note_language=row.note_language,
        request=row.request_id,
        about=row.about_id,
        supersedes=row.supersedes_id,
        made_at=row.made_at.isoformat(),
        made_by=named.get(row.made_by),
        digest=row.digest,
        decision=DecisionData(
            verdict=decision.verdict,
            at=decision.at.isoformat(),
            reason=decision.reason if named else "",
            by=named.get(decision.by),
        )
        if decision
        else None,
        evidence=[_evidence_data(item) for item in evidence],
    )


def requests_data(rows: Sequence[Request]) -> list[RequestData]:
    """Return requests; whoever may see one may know who asked."""
    people, today = _people({row.asked_by for row in rows}), clock.today()
    return [
        RequestData(
            number=row.pk,
            entry=row.entry.code,
            party=row.party,
            question=row.question,
            due=row.due.isoformat(),
            state=row.state,
            standing=queries.standing_of(row, today),
            asked_by=people.get(row.asked_by),
            asked_at=row.asked_at.isoformat(),
            answered_at=_iso(row.answered_at),
            ended_at=_iso(row.ended_at),
            end_reason=row.end_reason,
        )
        for row in rows
    ]


def focal_points_data(rows: Sequence[FocalPoint]) -> list[FocalPointData]:
    people = _people({row.account for row in rows})
    return [
        FocalPointData(
            number=row.pk,
            party=row.party,
            entry=row.entry.code if row.entry else None,
            person=people[row.account],
            named_at=row.named_at.isoformat(),
        )
        for row in rows
    ]


def _people(accounts: set[str]) -> dict[str, PersonData]:
    """Return account → person. What the software did, and an account that is known no more, goes by its id."""
    found = find_people(accounts)
    return {
        account: PersonData(account=account, name=found[account].name if account in found else account)
        for account in accounts
    }


def _iso(value: date | datetime | None) -> str | None:
    return None if value is None else value.isoformat()


def _published(row: Submission) -> str:
    decision = queries.decision_of(row)
    assert decision is not None, "what is public was decided on"
    return decision.at.isoformat()
