"""Figures from feeds: what the platform's own operation gives, by a rule that is public before its first figure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.db import transaction

from serai.kernel.errors import Refused
from serai.kernel.locks import take_lock
from serai.kernel.roles import EVERYWHERE, Actor, ActorKind, Scope
from serai.register.codes import parse_code
from serai.register.errors import NoSuchEntry
from serai.register.followup.actions.decisions import write_decision
from serai.register.followup.actions.submissions import keep, version_of
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Period, Verdict, plain
from serai.register.followup.errors import KeyUsed
from serai.register.followup.models import Submission
from serai.register.followup.queries import find_standing_figure
from serai.register.models import Entry

LOCK: Final = "followup-feed"  # one feed at a time; who measures under it sees what the others wrote
_LONGEST_KEY: Final = 100
_HUNDREDTH: Final = Decimal("0.01")


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

    `key` names the figure for good. The same key again with the same content gives the row that it made; with other
    content it raises KeyUsed. Another key for a period that has a figure makes a correction of that figure, unless
    nothing differs or the figure is not this rule's own; then the figure that stands is given. Raises NoSuchEntry,
    NoIndicator, InvalidSubmission (unit, range, future period, coverage).
    """
    if actor.kind is not ActorKind.SYSTEM:
        raise Refused
    if not 0 < len(key) <= _LONGEST_KEY:
        raise ValueError(f"a figure's key has 1 to {_LONGEST_KEY} characters: {key!r}")
    draft = Draft(
        kind=Kind.MEASUREMENT,
        value=str(plain(value)),
        measure=measure,
        unit=unit,
        series=series.strip(),
        period=period,
        coverage="" if coverage is None else str(coverage.quantize(_HUNDREDTH)),
        coverage_note=coverage_note.strip(),
        provenance=provenance,
        source=source.strip(),
    )
    with transaction.atomic():
        take_lock(LOCK)
        row = _get_entry(entry)
        content = _content_of_draft(draft, entry=row, party=party, rule=rule, source_kind=source_kind)
        if known := Submission.objects.filter(key=key).first():
            return _check_same(known, content, actor)
        standing = _find_standing(row, draft, party)
        # What a person corrected by hand stays: only the rule that gave a figure may give it anew.
        if standing is not None and (standing.rule != rule or _content_of(standing) == content):
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


Content = Mapping[str, object]
_COMPARED: Final = (
    "kind entry_id party value measure series period coverage coverage_note provenance source rule source_kind"
).split()


def _content_of(row: Submission) -> Content:
    return {name: getattr(row, name) for name in _COMPARED}


def _content_of_draft(draft: Draft, *, entry: Entry, party: Scope, rule: str, source_kind: str) -> Content:
    """Return what the row of a draft would hold; a figure that no row can hold equals none, and `keep` says why."""
    return {
        "kind": draft.kind,
        "entry_id": entry.pk,
        "party": party,
        "value": Decimal(draft.value),
        "measure": draft.measure,
        "series": draft.series,
        "period": draft.period.strip().upper(),
        "coverage": Decimal(draft.coverage) if draft.coverage else None,
        "coverage_note": draft.coverage_note,
        "provenance": draft.provenance,
        "source": draft.source,
        "rule": rule,
        "source_kind": source_kind,
    }


def _check_same(known: Submission, content: Content, actor: Actor) -> Submission:
    if known.made_by != actor.name or _content_of(known) != content:
        yours = {"value": str(content["value"]), "period": str(content["period"])}
        raise KeyUsed(key=known.key, yours=yours, theirs=version_of(known))
    return known


def _find_standing(entry: Entry, draft: Draft, party: Scope) -> Submission | None:
    """Return the published figure of the same period, if one stands."""
    try:
        period = Period.parse(draft.period)
    except ValueError:
        return None  # `keep` says it in a sentence
    return find_standing_figure(
        entry=entry,
        measure=draft.measure,
        series=draft.series,
        party=party,
        owner_node=settings.IDENTITY.code,
        start=period.start,
        end=period.end,
    )
