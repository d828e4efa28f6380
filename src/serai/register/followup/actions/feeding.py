"""Figures from feeds: what the platform's own operation gives, by a rule that is public before its first figure."""

from decimal import Decimal

from django.db import transaction

from serai.kernel.errors import Refused
from serai.kernel.locks import take_lock
from serai.kernel.roles import EVERYWHERE, Actor, ActorKind, Scope
from serai.register.codes import parse_code
from serai.register.errors import NoSuchEntry
from serai.register.followup.actions.decisions import write_decision
from serai.register.followup.actions.submissions import keep, version_of
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Period, SubmissionState, Verdict, plain
from serai.register.followup.errors import KeyUsed
from serai.register.followup.models import Submission
from serai.register.models import Entry


def record_measurement(
    *,
    entry: str,
    value: Decimal,
    period: str,
    provenance: str,
    source: str,
    rule: str,
    key: str,
    actor: Actor,
    source_kind: str = "platform",
    measure: int = 0,
    unit: str = "",
    series: str = "",
    coverage: Decimal | None = None,
    coverage_note: str = "",
    party: Scope = EVERYWHERE,
) -> Submission:
    """Take a figure from a feed; only the software itself may call it. Public at once: its rule was, before.

    `key` names the figure for good. The same key again with the same content gives the row that stands; with other
    content it raises KeyUsed. Another key for a period that has a figure makes a correction of that figure, unless
    nothing differs. Raises NoSuchEntry, NoIndicator, InvalidSubmission (unit, range, future period, coverage).
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Refused
    draft = Draft(
        kind=Kind.MEASUREMENT,
        value=str(plain(value)),
        measure=measure,
        unit=unit,
        series=series,
        period=period,
        coverage="" if coverage is None else str(coverage),
        coverage_note=coverage_note,
        provenance=provenance,
        source=source,
    )
    with transaction.atomic():
        take_lock("followup-feed")
        row = _get_entry(entry)
        if known := Submission.objects.filter(key=key).first():
            return _check_same(known, draft)
        standing = _find_standing(row, draft, party)
        # What a person corrected by hand stays: only the rule that gave a figure may give it anew.
        if standing is not None and (standing.rule != rule or is_same(standing, draft)):
            return standing
        made = keep(
            draft,
            entry=row,
            party=party,
            actor=actor,
            supersedes=standing,
            key=key,
            source_kind=source_kind,
            rule=rule,
        )
        write_decision(made, verdict=Verdict.PUBLISH, actor=actor, reason=rule)
        return made


def _get_entry(code: str) -> Entry:
    try:
        wanted = parse_code(code).code
    except ValueError:
        raise NoSuchEntry(entry=code[:40]) from None
    row = Entry.objects.select_related("indicator").filter(code=wanted).first()
    if row is None:
        raise NoSuchEntry(entry=wanted)
    return row


def _check_same(known: Submission, draft: Draft) -> Submission:
    if not is_same(known, draft):
        raise KeyUsed(key=known.key, yours={"value": draft.value, "period": draft.period}, theirs=version_of(known))
    return known


def is_same(row: Submission, draft: Draft) -> bool:
    """Whether a figure says what the draft says."""
    coverage = "" if row.coverage is None else str(plain(row.coverage))
    given = "" if not draft.coverage else str(plain(Decimal(draft.coverage)))
    return (row.value is not None and str(plain(row.value)) == draft.value) and (
        row.period,
        row.measure,
        row.series,
        row.provenance,
        row.source,
        row.coverage_note,
        coverage,
    ) == (
        draft.period.strip().upper(),
        draft.measure,
        draft.series,
        draft.provenance,
        draft.source,
        draft.coverage_note,
        given,
    )


def _find_standing(entry: Entry, draft: Draft, party: Scope) -> Submission | None:
    """Return the published figure of the same period, if one stands."""
    try:
        period = Period.parse(draft.period)
    except ValueError:
        return None  # `keep` says it in a sentence
    return Submission.objects.filter(
        kind=Kind.MEASUREMENT,
        state=SubmissionState.PUBLISHED,
        entry=entry,
        measure=draft.measure,
        series=draft.series,
        party=party,
        period_start=period.start,
        period_end=period.end,
    ).first()
