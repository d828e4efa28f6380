"""The shape of the catalogue's records. Pure; a record that does not fit names its field and what was expected."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from serai.kernel.countries import Party
from serai.kernel.dates import PartialDate
from serai.register.codes import parse_code
from serai.register.vocabulary import Act, Kind, Outcome, Relation, Scope


def _check_date(text: str) -> str:
    PartialDate.parse(text)
    return text


def _check_day(text: str) -> str:
    if not PartialDate.parse(text).is_day:
        raise ValueError("write the day too, as YYYY-MM-DD")
    return text


def _check_code(text: str) -> str:
    if parse_code(text).code != text:
        raise ValueError(f"write {parse_code(text).code}")
    return text


DateText = Annotated[str, AfterValidator(_check_date)]
DayText = Annotated[str, AfterValidator(_check_day)]
CodeText = Annotated[str, AfterValidator(_check_code)]
Text = Annotated[str, Field(min_length=1)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
ShortSlug = Annotated[Slug, Field(max_length=32)]
Actor = Literal["CN", "KZ", "KG", "TJ", "TM", "UZ", "all", "SEC"]


class Record(BaseModel):
    """A record of a catalogue file: nothing missing, nothing unknown, nothing coerced."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatedItem(Record):
    start: DateText
    end: DateText | None = None
    role: Literal["event", "due", "adopted", "effect", "period", "reference"]
    what: Text


class IndicatorRecord(Record):
    name: Text
    unit: Text
    direction: Literal["up", "down", "reach"]
    source_kind: Literal["platform", "public", "declared"]
    source: Text


class EntryRecord(Record):
    id: CodeText
    section: Text
    paragraph: int | None
    title: Text
    summary: Text
    act: Act
    strength: Annotated[int, Field(ge=0, le=5)]
    actors: Annotated[list[Actor], Field(min_length=1)]
    scope: Scope
    bodies: list[Slug]
    events: list[Slug]
    instruments: list[Slug]
    places: list[Text]
    dates: list[DatedItem]
    topics: Annotated[list[Slug], Field(min_length=1)]
    sdg: list[Annotated[int, Field(ge=1, le=17)]]
    kind: Kind
    system: ShortSlug | None
    indicator: IndicatorRecord | None
    due: DateText | None
    text_check: Annotated[Text, Field(max_length=200)]
    note: Text | None = None


class BodyRecord(Record):
    id: Slug
    name: Text
    type: ShortSlug
    host: Party | None
    first_mention: CodeText
    mentions: Annotated[list[CodeText], Field(min_length=1)]
    note: Text | None


class SourceRecord(Record):
    """A page that was read, as evidence or as an announcement."""

    title: Text
    url: Text
    language: Text
    dated: DateText | None
    read: DateText


class OutcomeRecord(Record):
    result: Outcome
    start: DateText
    end: DateText | None
    source: SourceRecord


class AnnouncementRecord(Record):
    start: DateText
    end: DateText | None
    source: SourceRecord


class EventRecord(Record):
    id: Slug
    name: Text
    start: DateText
    end: DateText | None
    place: Text | None
    host: Party | None
    status_in_text: Literal["past", "planned"]
    recurrence: Text | None
    entries: Annotated[list[CodeText], Field(min_length=1)]
    outside_note: Text | None
    outcome: OutcomeRecord | None = None
    announced: AnnouncementRecord | None = None


class PeriodRecord(Record):
    id: Slug
    name: Text
    start: DateText
    end: DateText | Literal["open", "recurring"]
    entry: CodeText


class InstrumentRecord(Record):
    id: Slug
    name: Text
    type: ShortSlug
    number_in_text: Annotated[Text, Field(max_length=32)] | None
    date_in_text: DateText | None
    initiator: Text | None
    stage_in_text: Text
    entries: Annotated[list[CodeText], Field(min_length=1)]
    outside_number_or_date: Text | None
    outside_source: Text | None


class PriorRecord(Record):
    """An entry of the earlier declaration, as far as its text or reports of it could be had."""

    id: Annotated[str, Field(pattern=r"^x[aokp]-[0-9a-z.-]+$", max_length=16)]
    section: Text | None
    title: Text
    summary: Text
    act: Act
    strength: Annotated[int, Field(ge=0, le=5)]
    actors: list[Actor]
    topics: list[Slug]
    availability: Literal["text", "secondary-text", "outcome-list", "documents", "press"]
    sources: Annotated[list[Slug], Field(min_length=1)]


class UnavailableRecord(Record):
    what: Text
    availability: Literal["unavailable"]


class LineageRecord(Record):
    astana: CodeText
    relation: Relation
    xian: list[str]
    basis: ShortSlug
    confidence: Literal["high", "medium", "low", "none"]
    note: Text | None = None


class SuccessorRecord(Record):
    """An item of the earlier declaration without a full successor in the later one."""

    xian: str
    status: Literal["fulfilled", "no counterpart", "absorbed", "in part"]
    note: Text


class Frame(BaseModel):
    """What stands around the records: more may be there than is asked for, but nothing of another form."""

    model_config = ConfigDict(frozen=True, strict=True)


class MetaRecord(Frame):
    """What the file of entries says of the declaration and of itself."""

    document: Text
    adopted: DayText
    place: Text
    paragraphs: int
    entries: int


class PriorMetaRecord(Frame):
    document: Text
    adopted: DayText
    place: Text
    completeness: Text
    sources: dict[str, str]
    entries: int


class VocabularyRecord(Frame):
    acts: dict[str, str]
    strength: dict[int, str]
    kinds: dict[str, str]
    scopes: dict[str, str]
    topics: list[str]
    systems: dict[str, str]
    date_roles: list[str]
    indicator_directions: list[str]
    indicator_source_kinds: dict[str, str]
    body_types: list[str]
    instrument_types: list[str]
    lineage_relations: list[str]


class LabelsRecord(Frame):
    """Group → value → language → label."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[str, dict[str, str]]] = Field(init=False)


class NotesRecord(Frame):
    """Kind → key → text, or part → text where a thing has several."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, dict[str | int, str]] = Field(init=False)
    entries: dict[str, dict[str, str]] = {}
    xian: dict[str, dict[str, str]] = {}
    declaration: dict[str, dict[str, str]] = {}


class TranslationRecord(NotesRecord):
    vocab: dict[str, dict[str | int, str | dict[str, str]]]
