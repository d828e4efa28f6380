"""Reads what another node says it published. Nothing is written here; every fault is a reason to refuse the message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from django.conf import settings

from serai.exchange.claims import Claims
from serai.exchange.errors import BadClaims
from serai.kernel.languages import ENGLISH, LANGUAGES
from serai.kernel.roles import parse_scope
from serai.register.followup.domain import Kind, Period, Provenance, is_allowed
from serai.register.followup.models import Submission
from serai.register.followup.refusals import NoSuchEntryHere, NotASubmission, NotItsOwn
from serai.register.followup.sharing import Identity, body_of, digest_of_body
from serai.register.models import Entry
from serai.register.units import rule_of_unit, split_units

_MOST_FILES: Final = 20
_NODE: Final = re.compile(r"[A-Z]{2,3}")
_UID: Final = re.compile(r"[0-9a-f]{32}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_MOMENT: Final = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", re.ASCII)
_LARGEST: Final = Decimal(10) ** 13
_TEXTS: Final = {"coverage_note": 300, "source": 300, "link": 500, "note": 4000, "note_language": 10}
_FIGURE_TEXTS: Final = {"unit": 120, "series": 80, "source_kind": 16, "rule": 40, "provenance": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A submission as another node tells it: a row that is not kept yet, and what it relates to."""

    row: Submission
    about: Identity | None
    supersedes: Identity | None
    decided_at: datetime
    digest: str


def read_told(body: Mapping[str, object], *, digest: str, sender: str) -> Told:
    """Return what a body tells. Raises NotASubmission, NotItsOwn, NoSuchEntryHere."""
    try:
        told = _read(Claims(body, where="submission"), digest, sender)
    except BadClaims as error:
        raise NotASubmission(reason=str(error)) from None
    again = body_of(told.row, about=told.about, supersedes=told.supersedes, decided_at=told.decided_at)
    if digest_of_body(again) != digest:  # else this page would have another digest here than at its owner
        raise NotASubmission(reason="its digest is not that of what it says, written as the register writes it")
    return told


def _read(claims: Claims, digest: str, sender: str) -> Told:
    owner, uid = _read_identity(claims, "identity")
    if owner != sender:
        raise NotItsOwn(sender=sender, owner=owner)
    row = Submission(owner_node=owner, uid=uid, made_by=f"node:{owner}", digest=digest)
    row.origin = claims.integer("number", least=1)
    row.entry = _find_entry(claims)
    row.kind = _choice(claims, "kind", set(Kind))
    row.party = _read_party(claims)
    _read_period(row, claims)
    _read_texts(row, claims)
    _read_figure(row, claims)
    row.told_files = [_read_file(claims, one) for one in claims.rows("files", most=_MOST_FILES)]
    row.made_at = _read_moment(claims, "made_at")
    told = Told(
        row=row,
        about=None if claims.is_null("about") else list(_read_identity(claims, "about")),
        supersedes=None if claims.is_null("supersedes") else list(_read_identity(claims, "supersedes")),
        decided_at=_read_moment(claims, "decided_at"),
        digest=digest,
    )
    claims.check_no_more()
    _check_relations(told, claims)
    return told


def _read_identity(claims: Claims, name: str) -> tuple[str, str]:
    match claims.rows(name, most=2):
        case [str(owner), str(uid)] if _NODE.fullmatch(owner) and _UID.fullmatch(uid):
            return owner, uid
    raise claims.bad(name, "a submission is known by its owner node and its uid there")


def _find_entry(claims: Claims) -> Entry:
    code = claims.text("entry", longest=16)
    entry = Entry.objects.select_related("indicator").filter(code=code).first()
    if entry is None:
        raise NoSuchEntryHere(entry=code)
    return entry


def _choice(claims: Claims, name: str, allowed: set[str]) -> str:
    found = claims.text(name, longest=20)
    if found not in allowed:
        raise claims.bad(name, f"“{found}” is not one of those known here")
    return found


def _read_party(claims: Claims) -> str:
    try:
        return str(parse_scope(claims.text("party", longest=72)))
    except ValueError:
        raise claims.bad("party", "there is no such state or body") from None


def _read_period(row: Submission, claims: Claims) -> None:
    text = claims.text("period", longest=21)
    if not text:
        return
    try:
        period = Period.parse(text)
    except ValueError:
        raise claims.bad("period", "it is no period") from None
    row.period, row.period_start, row.period_end = period.text, period.start, period.end


def _read_texts(row: Submission, claims: Claims) -> None:
    for name, longest in (_TEXTS | _FIGURE_TEXTS).items():
        setattr(row, name, claims.text(name, longest=longest))
    if row.link and not row.link.startswith(("https://", "http://")):
        raise claims.bad("link", "a link begins with https:// or http://")
    if row.note_language not in {"", *LANGUAGES}:
        raise claims.bad("note_language", "no page here is in that language")


def _read_figure(row: Submission, claims: Claims) -> None:
    row.value, row.coverage = _decimal(claims, "value", places=6), _decimal(claims, "coverage", places=2)
    row.measure = None if claims.is_null("measure") else claims.integer("measure")
    if row.kind == Kind.MEASUREMENT:
        _check_figure(row, claims)
        return
    given = [row.value, row.coverage, row.measure, *(getattr(row, name) for name in _FIGURE_TEXTS)]
    if any(value not in {None, ""} for value in given):
        raise claims.bad("value", "a note or a statement carries no figure")
    if not row.note:
        raise claims.bad("note", "it says nothing")


def _check_figure(row: Submission, claims: Claims) -> None:
    units = split_units(row.entry.indicator.text("unit", ENGLISH)) if hasattr(row.entry, "indicator") else []
    if row.value is None or row.measure is None or row.measure >= len(units) or not row.period or not row.unit:
        raise claims.bad("value", "a figure has a value, a unit of the entry's indicator and a period")
    if not is_allowed(row.value, rule_of_unit(row.unit)):
        raise claims.bad("value", "no such value is possible in that unit")
    if row.coverage is not None and not 0 <= row.coverage <= 100:
        raise claims.bad("coverage", "a coverage is 0 to 100 per cent")
    if row.provenance not in set(Provenance):
        raise claims.bad("provenance", "it is none of those known here")
    if row.provenance == Provenance.SIMULATED and str(settings.IDENTITY.realm) != "training":
        raise claims.bad("provenance", "nothing simulated is taken by a service node")


def _decimal(claims: Claims, name: str, *, places: int) -> Decimal | None:
    if claims.is_null(name):
        return None
    try:
        found = Decimal(claims.text(name, longest=30))
        is_held = found.is_finite() and abs(found) <= _LARGEST and found == round(found, places)
    except InvalidOperation:
        is_held = False
    if not is_held:
        raise claims.bad(name, "it is no figure that the register can hold")
    return found


def _read_file(claims: Claims, row: object) -> list[str | int]:
    match row:
        case [str(name), str(digest), int(size), str(kind)]:
            if len(name) <= 150 and _SHA256.fullmatch(digest) and 0 <= size < 2**53 and len(kind) <= 80:
                return [name, digest, size, kind]
    raise claims.bad("files", "each file has a name, a hash, a size and a type")


def _read_moment(claims: Claims, name: str) -> datetime:
    text = claims.text(name, longest=40)
    try:
        if _MOMENT.fullmatch(text):
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise claims.bad(name, "it is no moment in ISO 8601, in UTC to the microsecond")


def _check_relations(told: Told, claims: Claims) -> None:
    kind, owner = told.row.kind, told.row.owner_node
    if (told.about is not None) != (kind == Kind.STATEMENT):
        raise claims.bad("about", "a statement, and nothing else, is about a figure")
    if told.supersedes is None:
        return
    if kind != Kind.MEASUREMENT:
        raise claims.bad("supersedes", "only a figure corrects a figure")
    if told.supersedes[0] != owner:
        raise NotItsOwn(sender=owner, owner=told.supersedes[0])
