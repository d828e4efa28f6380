"""What the forms of follow-up send, read into the values that actions take; and what goes back when it has faults."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from serai.kernel.errors import BadInput, NotFound, SeraiError
from serai.kernel.reader import current_language
from serai.kernel.roles import Actor
from serai.kernel.sentences import sentence_of
from serai.register.followup.actions.submissions import Attachment
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Provenance
from serai.register.followup.errors import BadDue, Fault, InvalidSubmission, TwoVersions
from serai.register.followup.evidence import StoredFile, keep_token, read_keep_token, store_file
from serai.register.followup.evidence_errors import TooManyFiles

MOST_FILES = 5


def read_draft(query: QueryDict, *, kind: Kind | None = None, has_file: bool = False) -> Draft:
    """Read what was handed in. Without a kind: a figure if there is one, else a note."""
    value = query.get("value", "")
    if kind is None:
        kind = Kind.MEASUREMENT if value.strip() else Kind.UPDATE
    measure = query.get("measure", "0")
    return Draft(
        kind=kind,
        value=value,
        measure=int(measure) if measure.isascii() and measure.isdigit() and len(measure) < 3 else -1,
        unit=query.get("unit", ""),
        series=query.get("series", ""),
        period=query.get("period", ""),
        coverage=query.get("coverage", ""),
        coverage_note=query.get("coverage_note", ""),
        provenance=query.get("provenance", "") or Provenance.DECLARED,
        source=query.get("source", ""),
        link=query.get("link", ""),
        note=query.get("note", "").replace("\r\n", "\n"),
        note_language=query.get("note_language", "") or current_language(),
        has_file=has_file,
    )


@dataclass(slots=True)
class Faults:
    """Sentences about a form, by field, in the order of the page; the summary leads to them."""

    by_field: dict[str, str] = field(default_factory=dict)
    conflict: SeraiError | None = None

    @classmethod
    def of(cls, error: SeraiError) -> "Faults":
        if isinstance(error, InvalidSubmission):
            by_field: dict[str, str] = {}
            for fault in error.faults:
                before = by_field.get(fault.field)
                by_field[fault.field] = f"{before} {sentence_of(fault.error)}" if before else sentence_of(fault.error)
            return cls(by_field)
        return cls({"form": sentence_of(error)}, conflict=error)

    def items(self) -> Sequence[tuple[str, str]]:
        return list(self.by_field.items())

    def __bool__(self) -> bool:
        return bool(self.by_field)


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was sent with a form that had faults; it need not be chosen again."""

    name: str
    token: str


@dataclass(frozen=True, slots=True)
class GivenFiles:
    """What came with a form: the files that were taken, how each is kept for another try, and what was not taken."""

    attachments: Sequence[Attachment]
    kept: Sequence[KeptFile]
    faults: Sequence[Fault]


def read_attachments(request: HttpRequest, actor: Actor) -> GivenFiles:
    """Store what was sent, and add what was kept from before. One file that is not taken loses none of the others."""
    is_public = request.POST.get("is_public_evidence") == "1"
    found: dict[str, Attachment] = {}
    faults: list[Fault] = []
    for read in _readers(request, actor):
        try:
            file, name = read()
        except (BadInput, NotFound) as error:
            faults.append(Fault("evidence", error))
            continue
        found[file.pk] = Attachment(file=file, name=name, is_public=is_public)
    if len(found) > MOST_FILES:
        faults.append(Fault("evidence", TooManyFiles(count=len(found), most=MOST_FILES)))
    kept = [KeptFile(item.name, keep_token(item.file, item.name, actor)) for item in found.values()]
    return GivenFiles(list(found.values()), kept, faults)


def _readers(request: HttpRequest, actor: Actor) -> Iterator[Callable[[], StoredFile]]:
    for token in request.POST.getlist("kept")[: 2 * MOST_FILES]:
        yield partial(read_keep_token, token, actor)
    for uploaded in request.FILES.getlist("evidence")[: 2 * MOST_FILES]:
        yield partial(store_file, uploaded, name=uploaded.name or "", actor=actor)


def read_due(query: QueryDict) -> date:
    """Read the date of a request as the browser's date field sends it; raise BadDue."""
    text = query.get("due", "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadDue(given=text[:20] or _("(empty)")) from None


def conflict_versions(error: SeraiError | None) -> Sequence[tuple[str, Mapping[str, str]]]:
    """Return both sides of a conflict, with their names, for a page that shows them beside each other."""
    if not isinstance(error, TwoVersions) or not error.theirs:
        return []
    return [(_("Yours"), error.yours), (_("What stands"), error.theirs)]
