"""Files: sent one by one before what they belong to, and fetched by those who may see it."""

from dataclasses import replace
from tempfile import TemporaryFile
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router, Status

from serai.kernel.api import ErrorData, without_query
from serai.kernel.filetypes import FileKind
from serai.kernel.roles import Actor
from serai.kernel.who import token_actor_of
from serai.register.followup import evidence_view
from serai.register.followup.api.door import caller
from serai.register.followup.api.errors import NoFileName, OneFile
from serai.register.followup.api.once import KEY_PARAMETER, Answer, answer_of, do_once, read_write, respond
from serai.register.followup.api.requests import Number
from serai.register.followup.api.shapes import READ_REFUSALS, WRITE_REFUSALS, EvidenceStored
from serai.register.followup.evidence import StoredFile, keep_token, most_bytes, store_file
from serai.register.followup.evidence_errors import FileTooLarge
from serai.register.followup.evidence_name import clean_name

router = Router()
_NAME_HEADER: Final = "File-Name"
_PIECE_BYTES: Final = 64 * 1024
_LONGEST_NAME: Final = 200
_BYTES: Final = {"schema": {"type": "string", "format": "binary"}}
_NAME_PARAMETER: Final[dict[str, Any]] = {
    "name": _NAME_HEADER,
    "in": "header",
    "required": False,
    "description": "the file’s name, percent-encoded; of a multipart form the part names it",
    "schema": {"type": "string", "pattern": "^[!-~]{1,600}$"},
    "example": "letter-12.pdf",
}
_UPLOAD: Final[dict[str, Any]] = {
    "parameters": [KEY_PARAMETER, _NAME_PARAMETER],
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": _BYTES,
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": _BYTES["schema"]}, "required": ["file"]}
            },
        },
    },
}
_DOWNLOAD: Final[dict[str, Any]] = {
    "responses": {200: {"content": {kind.media_type: _BYTES for kind in FileKind}}},
    "security": [{}],  # beside the token's: or none
}


@router.post(
    "/evidence",
    response={201: EvidenceStored, **WRITE_REFUSALS},
    summary="Send a file",
    openapi_extra=_UPLOAD,
)
@without_query
def store(request: HttpRequest) -> HttpResponse:
    """Up to 20 MB: PDF, PNG, JPEG, DOCX, XLSX, text or CSV, known by its content. Limit: submit.

    The file is kept a day for what you hand in with its token. A repeat gives a token anew.
    """
    actor = caller(request, "submit")
    read_write(request, actor.account, content="")  # a missing key is told before the file is read
    with _receive(request) as uploaded:
        stored = store_file(uploaded, name=uploaded.name or "", actor=actor)
    write = read_write(request, actor.account, content=f"{stored.file.pk} {stored.name}")
    answer = do_once(write, lambda: _tell(stored, actor))
    # The answer is kept longer than its token lives, and the file is here anyway.
    return respond(replace(_tell(stored, actor), is_repeat=True) if answer.is_repeat else answer)


def _receive(request: HttpRequest) -> "UploadedFile[Any]":
    """Return the file of a body, on the disk: the whole body, or the only part of a form."""
    if request.content_type == "multipart/form-data":
        parts = request.FILES.getlist("file")
        if len(parts) != 1 or len(request.FILES) != 1 or request.POST:
            raise OneFile
        return parts[0]
    name = clean_name(_read_name(request))
    # A file without a name on the disk: what the sender calls it may be no name there, and nothing of it stays behind.
    held = TemporaryFile(dir=settings.HOME.folder)  # noqa: SIM115  # whoever reads it closes it
    uploaded: UploadedFile[Any] = UploadedFile(held, name, request.content_type, 0)
    size = 0
    while piece := request.read(_PIECE_BYTES):
        uploaded.write(piece)
        size += len(piece)
        if size > most_bytes():
            uploaded.close()
            raise FileTooLarge(name=name, limit_mb=most_bytes() // 2**20)
    uploaded.size = size
    uploaded.seek(0)
    return uploaded


def _read_name(request: HttpRequest) -> str:
    try:
        name = unquote(request.headers.get(_NAME_HEADER, ""), errors="strict")
    except UnicodeDecodeError:
        raise NoFileName from None
    if not name.strip():
        raise NoFileName
    return name[:_LONGEST_NAME]


def _tell(stored: StoredFile, actor: Actor) -> Answer:
    told = EvidenceStored(
        sha256=stored.file.pk,
        name=stored.name,
        media_type=stored.file.media_type,
        size=stored.file.size,
        token=keep_token(stored.file, stored.name, actor),
    )
    return answer_of(Status(201, told))


@router.get(
    "/evidence/{number}",
    response={200: None, 503: ErrorData, **READ_REFUSALS},
    summary="Fetch a file",
    openapi_extra=_DOWNLOAD,
)
@without_query
def fetch(request: HttpRequest, number: Number) -> HttpResponseBase:
    """As it was handed in, its hash checked on the way. What was published for all needs no token. Limit: read."""
    if token_actor_of(request) is not None:
        caller(request, "read")
    return evidence_view.serve(request, number)
