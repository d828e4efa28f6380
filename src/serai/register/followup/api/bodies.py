"""What programs send to follow-up. Shapes only: what it says is checked by the actions, as with the forms."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

from serai.kernel.countries import STATES
from serai.kernel.languages import LANGUAGES
from serai.register.followup.actions.requests import LONGEST_QUESTION
from serai.register.followup.checks import MOST
from serai.register.followup.domain import Provenance
from serai.register.followup.forms import MOST_FILES

LARGEST_NUMBER: Final = 2**53 - 1  # what every reader of JSON takes for the same number
MOST_PARTIES: Final = 60
_PARTY: Final = rf"(state:({'|'.join(STATES)})|body:[a-z0-9][a-z0-9-]{{0,63}})"


def _told(**schema: Any) -> Any:
    """Describe a field without checking it here: the action does, with a sentence and a code of its own."""
    return Field(json_schema_extra=schema)


Number = Annotated[int, Field(ge=1, le=LARGEST_NUMBER)]
Party = Annotated[str, _told(pattern=f"^{_PARTY}$", description="state:KZ, or a body such as body:customs-dg")]
AnyParty = Annotated[
    str,
    _told(pattern=f"^({_PARTY})?$", description="state:KZ, a body, or empty for the institution that runs this node"),
]
Day = Annotated[str, _told(format="date", pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
EntryCode = Annotated[str, _told(pattern=r"^[0-9A-Za-z]{1,5}\.[0-9]{1,3}[A-Za-z]?$", maxLength=12)]
Text = Annotated[str, _told(maxLength=MOST["note"])]
Language = Annotated[str, _told(enum=list(LANGUAGES))]
Period = Annotated[str, _told(description="2026, 2026-H1, 2026-Q2, 2026-03, 2026-03-31, or two dates parted by “/”")]
Source = Annotated[str, _told(maxLength=MOST["source"], description="where it can be checked")]
Link = Annotated[str, _told(maxLength=MOST["link"], description="https:// or http://")]
Reason = Annotated[str, _told(maxLength=500)]
Files = Annotated[
    list[str], Field(max_length=MOST_FILES, description="tokens that POST /evidence gave, valid for a day")
]
FilesPublic = Annotated[bool, Field(description="whether everybody may fetch the files once this is published")]


class Body(BaseModel):
    """Anything sent: no field that is not named here, and no value of another type than told."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _like(**example: Any) -> ConfigDict:
    """Give a shape its example."""
    return ConfigDict(json_schema_extra={"examples": [example]})


class AskBody(Body):
    """A request for an update to one party or several; all are asked, or none."""

    model_config = _like(
        entry="VIII.3a",
        parties=["state:KZ", "state:UZ"],
        due="2027-01-15",
        question="How many hectares were planted in 2026?",
    )
    entry: EntryCode
    parties: Annotated[list[Party], Field(min_length=1, max_length=MOST_PARTIES)]
    due: Day
    question: Annotated[str, _told(maxLength=LONGEST_QUESTION)] = ""


class ReasonBody(Body):
    """Why, in a sentence; kept in the audit trail."""

    model_config = _like(reason="Asked twice by mistake.")
    reason: Reason = ""


class AnswerFigure(Body):
    """A value of the entry’s indicator, as the answer to a request, which names the party."""

    model_config = _like(kind="figure", value="1250.5", period="2025", source="Ministry of Ecology, letter 12")
    kind: Literal["figure"]
    value: Annotated[str, _told(description="a decimal as text; 1 and 0 mean yes and no", maxLength=40)]
    measure: Annotated[int, Field(ge=0, le=20, description="which of the indicator’s units, from 0")] = 0
    unit: Annotated[str, _told(maxLength=120, description="in English, to be compared with the indicator’s")] = ""
    series: Annotated[str, _told(maxLength=MOST["series"], description="which post, corridor or pair")] = ""
    period: Period
    coverage: Annotated[str, _told(description="per cent of what the figure speaks of")] = ""
    coverage_note: Annotated[str, _told(maxLength=MOST["coverage_note"])] = ""
    provenance: Annotated[str, _told(enum=list(Provenance))] = Provenance.DECLARED.value
    source: Source = ""
    link: Link = ""
    note: Text = ""
    note_language: Language = "en"
    evidence: Files = Field(default_factory=list)
    evidence_is_public: FilesPublic = False


class FigureBody(AnswerFigure):
    """A value of the entry’s indicator; with `supersedes`, a correction of a published figure."""

    model_config = _like(
        kind="figure",
        party="state:KZ",
        value="1250.5",
        unit="hectares per year",
        period="2025",
        coverage="80",
        coverage_note="five of six provinces",
        source="Ministry of Ecology, letter 12 of 3 March 2026",
    )
    party: Annotated[AnyParty | None, Field(description="a correction may leave it out")] = None
    supersedes: Number | None = None


class AnswerNote(Body):
    """A note on what was done, as the answer to a request, which names the party."""

    model_config = _like(kind="note", note="The nursery in the delta was planted.")
    kind: Literal["note"]
    note: Text
    note_language: Language = "en"
    period: Period = ""
    source: Source = ""
    link: Link = ""
    evidence: Files = Field(default_factory=list)
    evidence_is_public: FilesPublic = False


class NoteBody(AnswerNote):
    """A note on what was done."""

    model_config = _like(kind="note", party="state:KZ", note="The nursery in the delta was planted.")
    party: AnyParty


class StatementBody(Body):
    """What a party says of a published figure; it stands beside the figure and changes nothing of it."""

    model_config = _like(
        kind="statement", party="state:UZ", about=17, note="The border strip is counted by both sides."
    )
    kind: Literal["statement"]
    party: AnyParty
    about: Number
    note: Text
    note_language: Language = "en"
    source: Source = ""
    link: Link = ""
    evidence: Files = Field(default_factory=list)
    evidence_is_public: FilesPublic = False


class SubmissionBody(RootModel[Annotated[FigureBody | NoteBody | StatementBody, Field(discriminator="kind")]]):
    """A figure, a note or a statement; what it is, `kind` says."""


class AnswerBody(RootModel[Annotated[AnswerFigure | AnswerNote, Field(discriminator="kind")]]):
    """An answer: a figure or a note; what it is, `kind` says."""


class DecisionBody(Body):
    """What a second person says: publish it or return it with a reason. Its maker may withdraw it."""

    model_config = _like(verdict="return", reason="The period is missing its last month.")
    verdict: Literal["publish", "return", "withdraw"]
    reason: Reason = ""


class FocalPointBody(Body):
    """Who answers for a party on this entry, or on all entries without a focal point of their own."""

    model_config = _like(party="state:KZ", account="0b0c7f6e-3a51-4c5f-9a58-d1f5f2b0a6c1", reach="entry")
    party: Party
    account: Annotated[str, _told(maxLength=36, description="one of the candidates that GET here lists")]
    reach: Literal["entry", "all"] = "entry"
