"""What programs send, read into the values that actions take."""

from collections.abc import Sequence

from serai.kernel.roles import Actor
from serai.register.followup.actions.submissions import Attachment
from serai.register.followup.api.bodies import AnswerFigure, AnswerNote, StatementBody
from serai.register.followup.api.rows import KINDS
from serai.register.followup.checks import Draft
from serai.register.followup.evidence import read_keep_token

Given = AnswerFigure | AnswerNote | StatementBody


def read_draft(body: Given, attachments: Sequence[Attachment]) -> Draft:
    """Return what was handed in, as it was written."""
    given = body.model_dump(exclude={"kind", "party", "about", "supersedes", "evidence", "evidence_is_public"})
    return Draft(kind=KINDS[body.kind], has_file=bool(attachments), **given)


def read_attachments(body: Given, actor: Actor) -> list[Attachment]:
    """Return the files that were sent before, each once; raise KeptFileGone."""
    files = {}
    for token in body.evidence:
        file, name = read_keep_token(token, actor)
        files[file.pk] = Attachment(file=file, name=name, is_public=body.evidence_is_public)
    return list(files.values())
