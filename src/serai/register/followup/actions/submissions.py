"""Handing in: figures, notes, statements, corrections. What was handed in never changes; a second person decides on it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Final

import rfc8785
from django.conf import settings
from django.db import transaction

from serai.kernel import audit, clock
from serai.kernel.errors import Refused
from serai.kernel.languages import ENGLISH
from serai.kernel.locks import take_lock
from serai.kernel.notices import notify
from serai.kernel.people import find_holders, find_people
from serai.kernel.roles import Actor, Role, Scope
from serai.register.followup import notices
from serai.register.followup.actions.requests import lock_request
from serai.register.followup.addressees import find_named
from serai.register.followup.checks import Checked, Draft, check_draft
from serai.register.followup.domain import REQUEST_WORDS, Kind, RequestState, SubmissionState, parse_value, plain
from serai.register.followup.errors import (
    AlreadyAnswered,
    FigureExists,
    KeyUsed,
    NoIndicator,
    NotAboutFigure,
    NotCurrent,
    NotFocalPoint,
    NotOurs,
    RequestEnded,
    Version,
)
from serai.register.followup.models import Evidence, EvidenceFile, Request, Submission
from serai.register.followup.parties import check_bound, party_in_all_languages
from serai.register.followup.queries import find_standing_figure
from serai.register.followup.rights import Act, check_may, may_know_people
from serai.register.models import Entry
from serai.register.units import rule_of_unit, split_units

ANSWERING: Final = (SubmissionState.WAITING, SubmissionState.PUBLISHED, SubmissionState.SUPERSEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A stored file under the name it goes by in this submission."""

    file: EvidenceFile
    name: str
    is_public: bool = False


def units_of(entry: Entry) -> list[str]:
    """Return the units of the entry's indicator, in English; none without an indicator."""
    return split_units(entry.indicator.text("unit", ENGLISH)) if hasattr(entry, "indicator") else []


def answer_request(
    *, number: int, draft: Draft, actor: Actor, attachments: Sequence[Attachment] = (), key: str | None = None
) -> Submission:
    """Answer a request; exactly one answer can stand. Raises AlreadyAnswered, RequestEnded, NotFocalPoint."""
    with transaction.atomic():
        if known := _find_by_key(key, draft, actor):
            return known
        request = lock_request(number)
        party = Scope(request.party)
        check_may_answer(request, actor)
        _check_unanswered(request, draft, actor)
        row = keep(
            draft, entry=request.entry, party=party, actor=actor, request=request, attachments=attachments, key=key
        )
        request.state, request.answered_at = RequestState.ANSWERED, row.made_at
        request.save(update_fields=["state", "answered_at"])
        _tell_reviewers(row)
        _tell_asker(row, request)
        return row


def check_may_answer(request: Request, actor: Actor) -> None:
    """Raise unless the actor speaks for the party, and nobody else was named to answer on this entry."""
    party = Scope(request.party)
    check_may(actor, Act.ANSWER, party)
    named = find_named(party, request.entry)
    if named not in {None, actor.account} and _still_holds(named, party):
        raise NotFocalPoint(party=party_in_all_languages(party), entry=request.entry.code)


def may_answer(request: Request, actor: Actor) -> bool:
    """Whether the actor may."""
    try:
        check_may_answer(request, actor)
    except Refused:
        return False
    return True


def _still_holds(account: str | None, party: Scope) -> bool:
    return account in {person.account for person in find_holders(Role.FOCAL_POINT, party)}


def _check_unanswered(request: Request, draft: Draft, actor: Actor) -> None:
    if request.state == RequestState.OPEN:
        return
    answer = request.submissions.filter(state__in=ANSWERING).order_by("-pk").first()
    if answer is None or request.state == RequestState.WITHDRAWN:
        raise RequestEnded(number=request.pk, state=REQUEST_WORDS[RequestState(request.state)])
    people = find_people([answer.made_by])
    by = people[answer.made_by].name if answer.made_by in people else answer.made_by
    may_know = may_know_people(actor, answer)  # a token may hand in and not read
    raise AlreadyAnswered(
        number=request.pk,
        by=by if may_know else party_in_all_languages(request.party),
        day=answer.made_at.date(),
        yours=_version_of_draft(draft),
        theirs=version_of(answer) if may_know else {},
    )


def submit(
    *,
    entry: Entry,
    party: Scope,
    draft: Draft,
    actor: Actor,
    about: Submission | None = None,
    supersedes: Submission | None = None,
    attachments: Sequence[Attachment] = (),
    key: str | None = None,
) -> Submission:
    """Hand something in without a request: a figure, a note, a statement about a figure, or a correction of one."""
    check_may(actor, Act.STATE if draft.kind is Kind.STATEMENT else Act.SUBMIT, party)
    check_bound(party, entry)
    with transaction.atomic():
        if known := _find_by_key(key, draft, actor):
            return known
        if draft.kind is Kind.STATEMENT:
            _check_figure(about, entry)
        if supersedes is not None:
            _check_figure(supersedes, entry)
            _check_ours(supersedes)
            check_current(supersedes, yours=_version_of_draft(draft))
        row = keep(
            draft,
            entry=entry,
            party=party,
            actor=actor,
            about=about,
            supersedes=supersedes,
            attachments=attachments,
            key=key,
        )
        _tell_reviewers(row)
        return row


def _check_figure(figure: Submission | None, entry: Entry) -> None:
    if figure is not None:
        figure.refresh_from_db(fields=["state"])  # it may have been corrected since it was read
    is_one = (
        figure is not None
        and figure.kind == Kind.MEASUREMENT
        and figure.entry_id == entry.pk
        and figure.state in {SubmissionState.PUBLISHED, SubmissionState.SUPERSEDED}
    )
    if not is_one:
        raise NotAboutFigure(number=figure.pk if figure else "-")


def _check_ours(figure: Submission) -> None:
    """Only its owner corrects a figure; others may state beside it what they see differently."""
    if figure.owner_node != settings.IDENTITY.code:
        raise NotOurs(number=figure.pk, owner=figure.owner_node)


def check_current(figure: Submission, *, yours: Version) -> None:
    """Raise NotCurrent when a published correction stands in the figure's place."""
    newer = figure.corrections.filter(state__in=[SubmissionState.PUBLISHED, SubmissionState.SUPERSEDED]).first()
    if newer is not None:
        raise NotCurrent(number=figure.pk, newer=newer.pk, yours=yours, theirs=version_of(newer))


def _find_by_key(key: str | None, draft: Draft, actor: Actor) -> Submission | None:
    """Return what the same actor handed in under the key; raise KeyUsed when it was another's, or said something else."""
    if not key:
        return None
    take_lock(f"followup-key-{key}")
    known = Submission.objects.select_related("entry").filter(key=key).first()
    if known is None:
        return None
    if known.made_by != actor.name:
        raise KeyUsed(key=key, yours={}, theirs={})
    if not _says_the_same(known, draft):
        raise KeyUsed(key=key, yours=_version_of_draft(draft), theirs=version_of(known))
    return known


def _says_the_same(row: Submission, draft: Draft) -> bool:
    kept = (row.kind, row.period, row.series, row.source, row.link, row.note)
    given = (draft.kind, draft.period.strip().upper(), draft.series.strip(), draft.source.strip(), draft.link.strip())
    if draft.kind is not Kind.MEASUREMENT:
        return kept == (draft.kind, draft.period.strip().upper(), "", row.source, given[4], draft.note.strip())
    try:
        value = parse_value(draft.value, rule_of_unit(row.unit))
    except ValueError:
        return False
    return kept == (*given, draft.note.strip()) and (value, draft.measure) == (row.value, row.measure)


def keep(
    draft: Draft,
    *,
    entry: Entry,
    party: Scope,
    actor: Actor,
    request: Request | None = None,
    about: Submission | None = None,
    supersedes: Submission | None = None,
    attachments: Sequence[Attachment] = (),
    key: str | None = None,
    source_kind: str = "declared",
    rule: str = "",
) -> Submission:
    """Check the draft and write its row; nothing is written when anything in it is wrong."""
    units = units_of(entry)
    if draft.kind is Kind.MEASUREMENT and not units:
        raise NoIndicator(entry=entry.code)
    is_training = settings.IDENTITY.realm == "training"
    checked = check_draft(draft, units=units, today=clock.today(), is_training=is_training)
    row = Submission(
        kind=draft.kind,
        entry=entry,
        party=party,
        owner_node=settings.IDENTITY.code,
        request=request,
        about=about,
        supersedes=supersedes,
        note=draft.note.strip(),
        note_language=draft.note_language if draft.note.strip() else "",
        link=draft.link.strip(),
        source=draft.source.strip(),
        made_by=actor.name,
        made_at=clock.now(),
        key=key,
    )
    _fill_figure(row, draft, checked, units)
    row.source_kind, row.rule = (source_kind, rule) if draft.kind is Kind.MEASUREMENT else ("", "")
    if draft.kind is Kind.MEASUREMENT and supersedes is None:
        check_no_figure(row, yours=_version_of_draft(draft))
    row.digest = digest_of(row, files=[item.file.pk for item in attachments])
    row.save(force_insert=True)
    _attach(row, attachments)
    audit.record(
        "followup:submission:hand-in",
        subject=f"submission {row.pk}",
        actor=actor,
        entry=entry.code,
        party=party,
        digest=row.digest,
    )
    return row


def _fill_figure(row: Submission, draft: Draft, checked: Checked, units: list[str]) -> None:
    if checked.period is not None:
        row.period, row.period_start, row.period_end = checked.period.text, checked.period.start, checked.period.end
    if draft.kind is not Kind.MEASUREMENT:
        return
    row.value, row.measure, row.unit = checked.value, draft.measure, units[draft.measure]
    row.series, row.provenance = draft.series.strip(), draft.provenance
    row.coverage, row.coverage_note = checked.coverage, draft.coverage_note.strip()


def check_no_figure(row: Submission, *, yours: Version) -> None:
    """Raise FigureExists when a figure of the same party, series and period is published."""
    assert row.period_start is not None
    assert row.period_end is not None
    standing = find_standing_figure(
        entry=row.entry,
        measure=row.measure,
        series=row.series,
        party=row.party,
        owner_node=row.owner_node,
        start=row.period_start,
        end=row.period_end,
    )
    if standing is not None:
        raise FigureExists(period=row.period, number=standing.pk, yours=yours, theirs=version_of(standing))


_DIGESTED: Final = (
    "kind owner_node party measure unit series period coverage_note source_kind provenance source link rule note "
    "note_language made_by"
).split()


def digest_of(row: Submission, *, files: Sequence[str]) -> str:
    """Return the SHA-256 of what a submission says, its owner node and its files' hashes included, in RFC 8785 form."""
    body: dict[str, str | int | list[str] | None] = {name: getattr(row, name) for name in _DIGESTED}
    body |= {
        "entry": row.entry.code,
        "value": None if row.value is None else str(plain(row.value)),
        "coverage": None if row.coverage is None else str(plain(row.coverage)),
        "request": row.request_id,
        "about": row.about_id,
        "supersedes": row.supersedes_id,
        "made_at": row.made_at.isoformat(timespec="microseconds"),
        "files": sorted(files),
    }
    body["kind"] = str(row.kind)
    return sha256(rfc8785.dumps(body)).hexdigest()


def _attach(row: Submission, attachments: Sequence[Attachment]) -> None:
    for item in attachments:
        Evidence.objects.create(submission=row, file=item.file, name=item.name, is_public=item.is_public)


def _tell_reviewers(row: Submission) -> None:
    reviewers = [person.account for person in find_holders(Role.REVIEWER, row.scope) if person.account != row.made_by]
    notify(
        notices.TO_REVIEW,
        accounts=reviewers,
        key=f"submission:{row.pk}:to-review",
        path=f"/work/submissions/{row.pk}/",
        number=str(row.pk),
        entry=row.entry.code,
        title=notices.title_in_all_languages(row.entry),
    )


def _tell_asker(row: Submission, request: Request) -> None:
    """Tell who asked that an answer came; who asks at the command line or by a feed has no account to tell."""
    if request.asked_by == row.made_by or not find_people([request.asked_by]):
        return
    notify(
        notices.ANSWERED,
        accounts=[request.asked_by],
        key=f"submission:{row.pk}:answered",
        path=f"/work/requests/{request.pk}/",
        party=party_in_all_languages(request.party),
        entry=row.entry.code,
        title=notices.title_in_all_languages(row.entry),
    )


def version_of(row: Submission) -> Version:
    """Return what a submission says, for a conflict that shows both sides."""
    value = "" if row.value is None else str(plain(row.value))
    found = {"number": str(row.pk), "value": value, "unit": row.unit, "period": row.period, "note": row.note}
    return {name: text for name, text in found.items() if text}


def _version_of_draft(draft: Draft) -> Version:
    kept = asdict(draft)
    return {name: str(kept[name]) for name in ("value", "unit", "period", "note") if kept[name]}
