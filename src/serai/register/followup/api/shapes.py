"""What follow-up answers to programs: figures as text, days and moments in ISO 8601, parties as scopes."""

from typing import Any

from ninja import Field, Schema

from serai.kernel.api import ErrorData
from serai.register.schemas import FigureData


class EvidenceData(Schema):
    """A file of a submission, by the address at which a token that may see it fetches it.

    Without number and address the file lies at the node that owns the submission.
    """

    number: int | None
    name: str
    media_type: str
    size: int
    sha256: str
    is_public: bool
    address: str | None


class StatementData(Schema):
    """What a party says of a figure; it stands beside it."""

    number: int
    party: str
    owner_node: str
    owner_number: int
    note: str
    note_language: str
    source: str
    link: str
    published_at: str
    digest: str
    public_digest: str


class PublicFigureData(FigureData):
    """A figure that was published, with all that stands beside it. `state` is published or superseded."""

    state: str
    rule_text: str = Field(description="how the figure came to be")
    published_at: str
    corrected_by: int | None
    note: str
    note_language: str
    statements: list[StatementData]
    evidence: list[EvidenceData]


class FigurePage(Schema):
    total: int
    page: int
    pages: int
    figures: list[PublicFigureData]


class NoteData(Schema):
    """A published note on what was done."""

    number: int
    note: str
    note_language: str
    period: str
    source: str
    link: str
    given_by: str
    owner_node: str
    owner_number: int
    published_at: str
    digest: str
    public_digest: str
    evidence: list[EvidenceData]


class PersonData(Schema):
    account: str
    name: str


class DecisionData(Schema):
    verdict: str
    at: str
    reason: str
    by: PersonData | None = Field(description="only for those who may see drafts of this party")


class SubmissionData(Schema):
    """What was handed in, and where it stands."""

    number: int
    kind: str = Field(description="figure, note or statement")
    state: str
    entry: str
    party: str
    owner_node: str
    value: str | None
    unit: str
    measure: int | None
    series: str
    period: str
    period_start: str | None
    period_end: str | None
    coverage_percent: str | None
    coverage_note: str
    provenance: str
    rule: str
    source: str
    link: str
    note: str
    note_language: str
    request: int | None
    about: int | None
    supersedes: int | None
    made_at: str
    made_by: PersonData | None = Field(description="only for those who may see drafts of this party")
    digest: str
    decision: DecisionData | None
    evidence: list[EvidenceData]


class SubmissionPage(Schema):
    total: int
    page: int
    pages: int
    submissions: list[SubmissionData]


class RequestData(Schema):
    """A request for an update. `standing` is open, silent (its date has passed), answered or ended."""

    number: int
    entry: str
    party: str
    question: str
    due: str
    state: str
    standing: str
    asked_by: PersonData | None
    asked_at: str
    answered_at: str | None
    ended_at: str | None
    end_reason: str


class RequestWithAnswers(RequestData):
    answers: list[SubmissionData]


class RequestPage(Schema):
    """A page of requests, the earliest date first; `counts` tells how many there are by where they stand."""

    total: int
    page: int
    pages: int
    counts: dict[str, int]
    requests: list[RequestData]


class FocalPointData(Schema):
    """Who answers for a party; `entry` is null for all entries without a focal point of their own."""

    number: int
    party: str
    entry: str | None
    person: PersonData
    named_at: str


class CandidateData(Schema):
    party: str
    person: PersonData


class FocalPointList(Schema):
    """Who answers now, and, as far as the token may name somebody, who could."""

    focal_points: list[FocalPointData]
    candidates: list[CandidateData]


class WorkRequests(Schema):
    total: int
    requests: list[RequestData]


class WorkSubmissions(Schema):
    total: int
    submissions: list[SubmissionData]


class SearchData(Schema):
    name: str
    query: str


class WorkData(Schema):
    """What waits for the token’s account, each list the most urgent first and cut; `total` counts all."""

    to_answer: WorkRequests
    to_review: WorkSubmissions
    silent: WorkRequests
    returned: list[SubmissionData]
    waiting: list[SubmissionData]
    searches: list[SearchData]


class EvidenceStored(Schema):
    """A file that is kept. Name `token` in the `evidence` of what you hand in, within a day."""

    sha256: str
    name: str
    media_type: str
    size: int
    token: str


class FaultData(Schema):
    field: str
    code: str
    message: str


class InvalidRefusal(ErrorData):
    """The same; what was sent has `faults`, each with its field, where there is more to say than one sentence."""

    faults: list[FaultData] = Field(default_factory=list)


class ConflictRefusal(ErrorData):
    """The same; where two versions of one thing meet, both: what you sent, and what stands."""

    yours: dict[str, str] = Field(default_factory=dict)
    theirs: dict[str, str] = Field(default_factory=dict)


READ_REFUSALS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 422, 429), ErrorData)
WRITE_REFUSALS: dict[Any, Any] = READ_REFUSALS | {
    400: InvalidRefusal,
    409: ConflictRefusal,
    411: ErrorData,
    413: ErrorData,
    422: InvalidRefusal,
}
