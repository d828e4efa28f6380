"""What the forms of follow-up send, read into the values that actions take; and what goes back when it has faults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from serai.kernel.errors import SeraiError
from serai.kernel.reader import current_language
from serai.kernel.roles import Actor
from serai.kernel.sentences import sentence_of
from serai.register.followup.actions.submissions import Attachment
from serai.register.followup.checks import Draft
from serai.register.followup.domain import Kind, Provenance
from serai.register.followup.errors import BadDue, InvalidSubmission
from serai.register.followup.evidence import keep_token, read_keep_token, store_file

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
            return cls({fault.field: sentence_of(fault.error) for fault in error.faults})
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


def read_attachments(request: HttpRequest, actor: Actor) -> tuple[list[Attachment], list[KeptFile]]:
    """Store what was sent, add what was kept from before; raise the evidence's own errors."""
    is_public = request.POST.get("is_public_evidence") == "1"
    stored = []
    for token in request.POST.getlist("kept")[:MOST_FILES]:
        file, name = read_keep_token(token, actor)
        stored.append((file, name))
    for uploaded in request.FILES.getlist("evidence")[:MOST_FILES]:
        assert isinstance(uploaded, UploadedFile)
        file, name = store_file(uploaded, name=uploaded.name or "", actor=actor)
        stored.append((file, name))
    attachments = {file.pk: Attachment(file=file, name=name, is_public=is_public) for file, name in stored}
    kept = [KeptFile(item.name, keep_token(item.file, item.name, actor)) for item in attachments.values()]
    return list(attachments.values())[:MOST_FILES], kept[:MOST_FILES]


def read_due(query: QueryDict) -> date:
    """Read the date of a request as the browser's date field sends it; raise BadDue."""
    text = query.get("due", "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadDue(given=text[:20] or _("(empty)")) from None


def conflict_versions(error: SeraiError | None) -> Sequence[tuple[str, Mapping[str, str]]]:
    """Return both sides of a conflict, with their names, for a page that shows them beside each other."""
    yours, theirs = getattr(error, "yours", None), getattr(error, "theirs", None)
    return [(_("Yours"), yours), (_("What stands"), theirs)] if theirs else []
