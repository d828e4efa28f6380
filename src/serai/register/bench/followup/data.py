"""Figures, notes and requests for the benchmark, put into the tables directly. Never for a node that somebody uses.

Uneven on purpose: one entry holds a fifth of all figures, in several series of several parties; most hold few.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import count, islice, product
from random import Random
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import models, transaction

from serai.kernel.countries import STATES
from serai.kernel.languages import ENGLISH
from serai.kernel.revision import bump_revision
from serai.register.followup.domain import Kind, Period, Provenance, RequestState, SubmissionState, Verdict
from serai.register.followup.models import Decision, Request, Submission
from serai.register.followup.parties import body_party, state_party
from serai.register.models import Body, Entry
from serai.register.revisions import FIGURES, REGISTER
from serai.register.units import UnitKind, UnitRule, rule_of_unit, split_units

_LARGEST_SHARE: Final = 0.2
_CORRECTED_SHARE: Final = 0.02
_PER_NOTE, _PER_STATEMENT, _PER_WAITING, _PER_REQUEST = 50, 500, 50, 20  # figures for each of these
_OWN_SHARE: Final = 0.03  # of what waits: the reader's own, which others decide on
_LAST_MONTH: Final = 2025 * 12 + 11  # months since the year 0; December 2025
_BATCH: Final = 2_000
_STATES_OF_REQUESTS: Final = (
    "open",
    "open",
    "open",
    "open",
    "answered",
    "closed",
    "closed",
    "closed",
    "closed",
    "withdrawn",
)
_Model = TypeVar("_Model", bound=models.Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A submission: what goes into the table, and what the reference looks at."""

    number: int
    entry: int
    kind: Kind
    state: SubmissionState
    party: str
    made_by: str
    made_at: datetime
    decided_at: datetime | None = None
    value: Decimal | None = None
    unit: str = ""
    series: str = ""
    period: Period | None = None
    note: str = ""
    supersedes: int | None = None
    about: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request."""

    number: int
    entry: int
    party: str
    due: date
    state: RequestState


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An entry with an indicator, and the first of its units."""

    entry: int
    code: str
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """All that was made; `places` come with the one that holds most figures first."""

    places: Sequence[Place]
    rows: Sequence[Row]
    requests: Sequence[Asked]


def read_places(random: Random) -> list[Place]:
    """Return the entries with an indicator in an order of chance."""
    entries = Entry.objects.select_related("indicator").filter(indicator__isnull=False).order_by("position")
    places = [
        Place(entry=row.pk, code=row.code, unit=split_units(row.indicator.text("unit", ENGLISH))[0]) for row in entries
    ]
    return random.sample(places, k=len(places))


def make(*, figures: int, account: str, today: date, seed: int) -> Made:
    """Return so many published figures and what comes with them. The same seed gives the same."""
    random = Random(f"{figures} {seed}")  # noqa: S311  # a workload, not a secret
    places = read_places(random)
    maker = _Maker(random, today, account)
    rows = [
        row
        for place, share in zip(places, _share_out(figures, len(places)), strict=True)
        for row in maker.figures_of(place, share)
    ]
    rows += maker.notes(places, figures // _PER_NOTE)
    rows += maker.statements(
        [row for row in rows if row.state is SubmissionState.PUBLISHED and row.period], figures // _PER_STATEMENT
    )
    rows += maker.waiting(places, figures // _PER_WAITING)
    return Made(places=places, rows=rows, requests=maker.requests(figures // _PER_REQUEST))


def _share_out(figures: int, places: int) -> list[int]:
    """Return how many figures each place holds: a fifth for the first, and ever fewer for the others."""
    first = round(figures * _LARGEST_SHARE)
    weights = [1 / (number + 1) for number in range(places - 1)]
    rest = figures - first
    found = [max(1, int(rest * weight / sum(weights))) for weight in weights]
    found[0] += rest - sum(found)
    return [first, *found]


class _Maker:
    """Makes rows, each with the next number."""

    def __init__(self, random: Random, today: date, account: str) -> None:
        self.random = random
        self.now = datetime.combine(today, time(), UTC)
        self.account = account
        self.numbers = count(1)
        self.makers = [str(UUID(int=random.getrandbits(128), version=4)) for _ in range(50)]
        self.states = [state_party(code) for code in STATES]
        self.bodies = [body_party(slug) for slug in Body.objects.order_by("pk").values_list("pk", flat=True)]

    def _row(self, entry: int, kind: Kind, state: SubmissionState, **more: Any) -> Row:
        decided = state is not SubmissionState.WAITING
        made_at = self.now - timedelta(seconds=self.random.randrange(60, 300 * 86400))
        return Row(
            number=next(self.numbers),
            entry=entry,
            kind=kind,
            state=state,
            made_at=made_at,
            decided_at=made_at + timedelta(hours=self.random.randrange(1, 90)) if decided else None,
            **{"made_by": self.random.choice(self.makers)} | more,
        )

    def figures_of(self, place: Place, figures: int) -> Iterator[Row]:
        """Make the figures of an entry, by month, quarter or year, in as many series as a tenth of them fills."""
        rule, length = rule_of_unit(place.unit), self.random.choice((1, 3, 12))
        groups = self._groups(max(1, min(56, figures // 10)))
        for number in range(figures):
            series, party = groups[number % len(groups)]
            told: dict[str, Any] = {"unit": place.unit, "series": series, "party": party}
            told["period"] = _period_before(number // len(groups), 1 if figures > 2_000 else length)
            old = None
            if self.random.random() < _CORRECTED_SHARE:
                old = self._row(
                    place.entry, Kind.MEASUREMENT, SubmissionState.SUPERSEDED, value=self._value(rule), **told
                )
                yield old
            more = {"value": self._value(rule), "supersedes": old.number if old else None}
            yield self._row(place.entry, Kind.MEASUREMENT, SubmissionState.PUBLISHED, **told, **more)

    def _groups(self, wanted: int) -> list[tuple[str, str]]:
        """Return series and party of each line of figures."""
        parties = [*self.states, ""] if wanted > 1 else [self.random.choice([*self.states, *self.bodies, ""])]
        series = (
            [f"Post {number}" for number in range(1, -(-wanted // len(parties)) + 1)] if wanted > len(parties) else [""]
        )
        return list(product(series, parties))[:wanted]

    def _value(self, rule: UnitRule) -> Decimal:
        if rule.kind is UnitKind.YES_NO:
            return Decimal(self.random.randrange(2))
        most = int(rule.most) if rule.most is not None else 90_000
        if rule.is_whole:
            return Decimal(self.random.randint(int(rule.least), most))
        return min(Decimal(most), Decimal(self.random.randrange(int(rule.least) * 10, most * 10)) / 10)

    def notes(self, places: Sequence[Place], wanted: int) -> Iterator[Row]:
        for _ in range(wanted):
            place = places[0] if self.random.random() < _LARGEST_SHARE else self.random.choice(places)
            party = self.random.choice(self.states)
            yield self._row(
                place.entry, Kind.UPDATE, SubmissionState.PUBLISHED, party=party, note="The work of the half-year. " * 8
            )

    def statements(self, figures: Sequence[Row], wanted: int) -> Iterator[Row]:
        for figure in self.random.sample(figures, k=min(wanted, len(figures))):
            more = {"party": self.random.choice(self.states), "note": "We count it otherwise.", "about": figure.number}
            yield self._row(figure.entry, Kind.STATEMENT, SubmissionState.PUBLISHED, **more)

    def waiting(self, places: Sequence[Place], wanted: int) -> Iterator[Row]:
        """Make what waits for a second pair of eyes, some of it handed in by the reader."""
        for _ in range(wanted):
            place, party = self.random.choice(places), self.random.choice(self.states)
            own = {"made_by": self.account} if self.random.random() < _OWN_SHARE else {}
            if self.random.random() < 0.4:
                yield self._row(
                    place.entry, Kind.UPDATE, SubmissionState.WAITING, party=party, note="Done in part. " * 20, **own
                )
                continue
            told = {"value": self._value(rule_of_unit(place.unit)), "unit": place.unit, "period": _period_before(0, 12)}
            yield self._row(place.entry, Kind.MEASUREMENT, SubmissionState.WAITING, party=party, **told, **own)

    def requests(self, wanted: int) -> list[Asked]:
        """Make requests; no party is asked twice on an entry while the first request runs."""
        entries = list(Entry.objects.order_by("position").values_list("pk", flat=True))
        pairs = self.random.sample(list(product(entries, [*self.states, *self.bodies])), k=wanted)
        today = self.now.date()
        return [
            Asked(
                number=number,
                entry=entry,
                party=party,
                due=today + timedelta(days=self.random.randrange(-200, 200)),
                state=RequestState(self.random.choice(_STATES_OF_REQUESTS)),
            )
            for number, (entry, party) in enumerate(pairs, start=1)
        ]


def _period_before(periods: int, months: int) -> Period:
    """Return the period that ends so many periods of so many months before December 2025."""
    year, month = divmod(_LAST_MONTH - periods * months, 12)
    texts = {1: f"{year:04}-{month + 1:02}", 3: f"{year:04}-Q{month // 3 + 1}", 12: f"{year:04}"}
    return Period.parse(texts[months])


@transaction.atomic
def store(made: Made) -> None:
    """Put all of it into the tables."""
    _bulk(Request, (_request(asked) for asked in made.requests))
    _bulk(Submission, (_submission(row) for row in made.rows))
    _bulk(Decision, (_decision(row) for row in made.rows if row.decided_at))
    bump_revision(FIGURES)
    bump_revision(REGISTER)


def _bulk(model: type[_Model], rows: Iterable[_Model]) -> None:
    waiting = iter(rows)
    while batch := list(islice(waiting, _BATCH)):
        model._default_manager.bulk_create(batch, batch_size=500)


def _request(asked: Asked) -> Request:
    at = datetime.combine(asked.due - timedelta(days=60), time(), UTC)
    has_ended = asked.state in {RequestState.CLOSED, RequestState.WITHDRAWN}
    return Request(
        pk=asked.number,
        entry_id=asked.entry,
        party=asked.party,
        due=asked.due,
        asked_by="bench",
        asked_at=at,
        state=asked.state,
        answered_at=at if asked.state in {RequestState.ANSWERED, RequestState.CLOSED} else None,
        ended_at=at if has_ended else None,
    )


def _submission(row: Row) -> Submission:
    figure: dict[str, Any] = {}
    if row.kind is Kind.MEASUREMENT:
        figure = {"value": row.value, "measure": 0, "unit": row.unit, "series": row.series, "coverage": Decimal(80)}
        figure |= {"source_kind": "declared", "provenance": Provenance.DECLARED, "source": "Letter of the ministry"}
    if row.period:
        figure |= {"period": row.period.text, "period_start": row.period.start, "period_end": row.period.end}
    return Submission(
        pk=row.number,
        kind=row.kind,
        entry_id=row.entry,
        party=row.party,
        owner_node="SEC",
        state=row.state,
        made_by=row.made_by,
        made_at=row.made_at,
        note=row.note,
        note_language=ENGLISH if row.note else "",
        supersedes_id=row.supersedes,
        about_id=row.about,
        digest=f"{row.number:064x}",
        **figure,
    )


def _decision(row: Row) -> Decision:
    assert row.decided_at is not None
    return Decision(submission_id=row.number, verdict=Verdict.PUBLISH, by="bench", at=row.decided_at)
