"""The register as data: what the API, the downloads and an entry's `.json` give, one shape for all."""

from collections.abc import Iterable, Mapping, Sequence

from ninja import Schema

from serai.kernel.countries import STATES
from serai.kernel.languages import LANGUAGES
from serai.register.followup.domain import plain
from serai.register.followup.models import Submission
from serai.register.followup.page_digest import PageDigest
from serai.register.followup.queries import latest_figures
from serai.register.index import get_index
from serai.register.models import Body, Entry, Event, Indicator, Instrument, Lineage, Owned
from serai.register.states import RULES, State
from serai.register.vocabulary import UNNAMED_SCOPES

Translated = dict[str, str]


class StateData(Schema):
    code: str
    label: str
    as_of: str


class FigureData(Schema):
    """A published figure. `value` is a decimal as text, so that no reader rounds it; 1 and 0 mean yes and no.

    It belongs to `owner_node` and has `owner_number` there; `public_digest` is the same on every node that shows it.
    """

    number: int
    value: str
    unit: str
    series: str
    period: str
    period_start: str
    period_end: str
    coverage_percent: str | None
    coverage_note: str
    provenance: str
    source: str
    link: str
    rule: str
    given_by: str
    owner_node: str
    owner_number: int
    corrects: int | None
    digest: str
    public_digest: str


class IndicatorData(Schema):
    entry: str
    name: Translated
    unit: Translated
    source: Translated
    direction: str
    source_kind: str
    status: str
    figures: list[FigureData]


class DateData(Schema):
    start: str
    end: str | None
    role: str
    what: Translated


class LineageData(Schema):
    entry: str
    relation: str
    basis: str
    confidence: str
    note: Translated
    prior: list[str]


class EntryData(Schema):
    id: str
    cite: str
    declaration: str
    section: str
    paragraph: int | None
    title: Translated
    summary: Translated
    note: Translated
    act: str
    strength: int
    kind: str
    scope: str
    actors: list[str]
    actors_named: bool
    topics: list[str]
    sdg: list[int]
    system: str | None
    due: str | None
    dates: list[DateData]
    bodies: list[str]
    instruments: list[str]
    events: list[str]
    locator: str
    state: StateData
    indicator: IndicatorData | None
    lineage: LineageData | None
    owner_node: str
    version: int


class BodyData(Schema):
    id: str
    name: Translated
    note: Translated
    type: str
    host: str | None
    entries: list[str]
    owner_node: str
    version: int


class InstrumentData(Schema):
    id: str
    name: Translated
    type: str
    number: str | None
    adopted: str | None
    initiator: str | None
    stage: Translated
    outside: Translated
    outside_source: Translated
    entries: list[str]
    owner_node: str
    version: int


class SourceData(Schema):
    title: str
    url: str
    language: str
    dated: str | None
    read: str


class OutcomeData(Schema):
    result: str
    start: str
    end: str | None
    source: SourceData


class AnnouncementData(Schema):
    start: str
    end: str | None
    source: SourceData


class EventData(Schema):
    id: str
    name: Translated
    start: str
    end: str | None
    place: Translated
    host: str | None
    outcome: OutcomeData | None
    announced: AnnouncementData | None
    entries: list[str]
    owner_node: str
    version: int


class RuleData(Schema):
    order: int
    state: str
    label: str
    when: str
    meaning: str


class VersionData(Schema):
    number: int
    digest: str
    loaded_at: str
    owner_node: str
    entries: int
    changed: int
    published: int | None


class OwnerCount(Schema):
    """What one node has published on an entry. `received_at` is when its last word arrived; null for this node's own."""

    count: int
    published_at: str
    received_at: str | None


class DigestData(Schema):
    """The digest of an entry's page: the same on every node that shows the same.

    `catalogue` is the Secretariat's number of the catalogue, 0 before one of its own is here; `owners` tells how much each
    node has published on the entry, `fresh` how recent the last of it is.
    """

    code: str
    digest: str
    catalogue: int
    owners: dict[str, int]
    fresh: dict[str, OwnerCount]


def all_languages(row: Owned, field: str) -> Translated:
    """Return a text by language, only the languages that have it."""
    return {language: row.texts[language][field] for language in LANGUAGES if row.texts.get(language, {}).get(field)}


def actor_codes(entry: Entry) -> list[str]:
    """Return the states bound; none for a subset that the text does not name."""
    if entry.scope in UNNAMED_SCOPES:
        return []
    return sorted(STATES) if entry.actors == ["all"] else sorted(entry.actors)


def figure_data(row: Submission) -> FigureData:
    """Return a published figure; the party is a scope such as `state:KZ`, or the node's own code."""
    return FigureData(
        number=row.pk,
        value="" if row.value is None else str(plain(row.value)),
        unit=row.unit,
        series=row.series,
        period=row.period,
        period_start=str(row.period_start),
        period_end=str(row.period_end),
        coverage_percent=None if row.coverage is None else str(plain(row.coverage)),
        coverage_note=row.coverage_note,
        provenance=row.provenance,
        source=row.source,
        link=row.link,
        rule=row.rule,
        given_by=row.party or row.owner_node,
        owner_node=row.owner_node,
        owner_number=row.owner_number,
        corrects=row.supersedes_id,
        digest=row.digest,
        public_digest=row.decision.public_digest,
    )


def entry_data(entry: Entry, state: State, figures: Sequence[Submission] = ()) -> EntryData:
    """Return one entry; `indicator`, `lineage` and the relations should be prefetched. `figures` are the newest ones."""
    lineage = getattr(entry, "lineage", None)
    return EntryData(
        id=entry.code,
        cite=f"serai:register/{entry.declaration_id}/{entry.code}",
        declaration=entry.declaration_id,
        section=entry.section,
        paragraph=entry.paragraph,
        title=all_languages(entry, "title"),
        summary=all_languages(entry, "summary"),
        note=all_languages(entry, "note"),
        act=entry.act,
        strength=entry.strength,
        kind=entry.kind,
        scope=entry.scope,
        actors=actor_codes(entry),
        actors_named=entry.scope not in UNNAMED_SCOPES,
        topics=entry.topics,
        sdg=entry.sdg,
        system=entry.system or None,
        due=entry.due or None,
        dates=[DateData(**dated) for dated in entry.dates],
        bodies=[body.pk for body in entry.bodies.all()],
        instruments=[item.pk for item in entry.instruments.all()],
        events=[event.pk for event in entry.events.all()],
        locator=entry.locator,
        state=state_data(state),
        indicator=indicator_data(entry.indicator, entry.code, figures) if hasattr(entry, "indicator") else None,
        lineage=lineage_data(lineage, entry.code) if lineage else None,
        owner_node=entry.owner_node,
        version=entry.version,
    )


def state_data(state: State) -> StateData:
    label = next(rule.label for rule in RULES if rule.state is state)
    return StateData(code=state, label=label, as_of=get_index().day.isoformat())


def indicator_data(indicator: Indicator, code: str, figures: Sequence[Submission] = ()) -> IndicatorData:
    return IndicatorData(
        entry=code,
        name=all_languages(indicator, "name"),
        unit=all_languages(indicator, "unit"),
        source=all_languages(indicator, "source"),
        direction=indicator.direction,
        source_kind=indicator.source_kind,
        status="measured" if figures else "not-yet-measured",
        figures=[figure_data(row) for row in figures],
    )


def lineage_data(lineage: Lineage, code: str) -> LineageData:
    return LineageData(
        entry=code,
        relation=lineage.relation,
        basis=lineage.basis,
        confidence=lineage.confidence,
        note=all_languages(lineage, "note"),
        prior=[prior.pk for prior in lineage.prior.all()],
    )


def body_data(body: Body, entries: Iterable[str]) -> BodyData:
    return BodyData(
        id=body.pk,
        name=all_languages(body, "name"),
        note=all_languages(body, "note"),
        type=body.type,
        host=body.host or None,
        entries=list(entries),
        owner_node=body.owner_node,
        version=body.version,
    )


def instrument_data(instrument: Instrument) -> InstrumentData:
    return InstrumentData(
        id=instrument.pk,
        name=all_languages(instrument, "name"),
        type=instrument.type,
        number=instrument.number or None,
        adopted=instrument.adopted or None,
        initiator=instrument.initiator or instrument.texts["en"].get("initiator"),
        stage=all_languages(instrument, "stage"),
        outside=all_languages(instrument, "outside"),
        outside_source=all_languages(instrument, "outside_source"),
        entries=[entry.code for entry in instrument.entries.all()],
        owner_node=instrument.owner_node,
        version=instrument.version,
    )


def event_data(event: Event) -> EventData:
    return EventData(
        id=event.pk,
        name=all_languages(event, "name"),
        start=event.start,
        end=event.end or None,
        place=all_languages(event, "place"),
        host=event.host or None,
        outcome=OutcomeData(**event.outcome) if event.outcome else None,
        announced=AnnouncementData(**event.announced) if event.announced else None,
        entries=[entry.code for entry in event.entries.all()],
        owner_node=event.owner_node,
        version=event.version,
    )


def entries_data(entries: Iterable[Entry], states: Mapping[int, State]) -> list[EntryData]:
    rows = list(entries)
    figures = latest_figures([entry.pk for entry in rows])
    return [entry_data(entry, states[entry.pk], figures.get(entry.pk, ())) for entry in rows]


def digest_data(digest: PageDigest) -> DigestData:
    return DigestData(
        code=digest.code,
        digest=digest.digest,
        catalogue=digest.catalogue,
        owners={owner.code: owner.count for owner in digest.owners},
        fresh={
            owner.code: OwnerCount(
                count=owner.count,
                published_at=owner.published_at.isoformat(),
                received_at=owner.received_at.isoformat() if owner.received_at else None,
            )
            for owner in digest.owners
        },
    )
