"""The catalogue over the exchange: announced by the Secretariat's node, asked for in parts by who lacks the files.

It comes from nobody else. What arrives is proved as any catalogue is before anything changes.
"""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from django.conf import settings

from serai.exchange.claims import Claims
from serai.exchange.errors import BadClaims, MessageRefused
from serai.exchange.handlers import Handler, Message, MessageType
from serai.exchange.outbox import queue
from serai.kernel.errors import gettext_noop
from serai.kernel.roles import Actor
from serai.register.errors import BrokenCatalogue
from serai.register.loader import PUBLISHER
from serai.register.models import CatalogueFiles, CataloguePart
from serai.register.packing import unpack
from serai.register.publishing import ASK, BULK, CATALOGUE, LANE, PART, PURPOSE, newest_published

_MOST_PARTS: Final = 200
_MOST_NUMBER: Final = 2**31  # what the table holds
_LONGEST_DATA: Final = 49_152
_ACTOR: Final = Actor.system("exchange")


class NotThePublisher(MessageRefused):
    code = "not_the_publisher"
    template = gettext_noop(
        "The catalogue is published by the node {publisher} alone, and this came to or from another."
    )


class CatalogueRefused(MessageRefused):
    code = "catalogue_refused"
    template = gettext_noop("The catalogue {number} cannot be taken, and nothing changed: {reason}")


@contextmanager
def _claims_of(message: Message) -> Iterator[Claims]:
    """Give the fields of a message; refuse it when one is not as it must be, or there are more than were read."""
    claims = Claims(message.body, where="body")
    try:
        yield claims
        claims.check_no_more()
    except BadClaims as error:
        raise CatalogueRefused(number="-", reason=str(error)) from None


def _check_publisher(code: str) -> None:
    if code != PUBLISHER:
        raise NotThePublisher(publisher=PUBLISHER)


def take_catalogue(message: Message) -> None:
    """Take the number of a new catalogue, and ask for its files if they are not here."""
    _check_publisher(message.sender)
    with _claims_of(message) as claims:
        given = CatalogueFiles(
            number=_number(claims),
            digest=claims.digest("digest"),
            sha256=claims.digest("sha256"),
            parts=claims.integer("parts", least=1),
        )
        if given.parts > _MOST_PARTS:
            raise claims.bad("parts", f"a catalogue comes in at most {_MOST_PARTS} parts")
    from serai.register.actions import number_published  # noqa: PLC0415  # megabytes that most processes never need

    if not _is_news(given):
        return
    CatalogueFiles.objects.filter(number__lt=given.number).delete()  # one that was on its way is wanted no more
    if not number_published(number=given.number, digest=given.digest, actor=_ACTOR):
        _ask_for(given)


def _number(claims: Claims) -> int:
    number = claims.integer("number", least=1)
    if number >= _MOST_NUMBER:
        raise claims.bad("number", "no catalogue has such a number")
    return number


def _is_news(given: CatalogueFiles) -> bool:
    from serai.register.actions import has_content  # noqa: PLC0415

    held = newest_published()
    if held is None or held.published is None or held.published < given.number:
        return True
    if held.published == given.number and not has_content(held, given.digest):
        raise CatalogueRefused(number=given.number, reason="another one has that number here")
    return False


def _ask_for(given: CatalogueFiles) -> None:
    """Note what is on its way, and ask for it."""
    known = CatalogueFiles.objects.filter(number=given.number).first()
    if known is not None and known.sha256 != given.sha256:
        raise CatalogueRefused(number=given.number, reason="it was announced with other files before")
    if known is None:
        given.save(force_insert=True)
    queue(
        to=PUBLISHER,
        lane=LANE,
        type=ASK,
        version=1,
        purpose=PURPOSE,
        body={"number": given.number},
        key=f"catalogue-ask:{given.number}",
    )


def send_parts(message: Message) -> None:
    """Send a peer the files of the newest catalogue. An older one is asked for no more once the newer is announced."""
    _check_publisher(settings.IDENTITY.code)
    with _claims_of(message) as claims:
        number = _number(claims)
    for part in CataloguePart.objects.filter(files=number).order_by("number"):
        queue(
            to=message.sender,
            lane=BULK,
            type=PART,
            version=1,
            purpose=PURPOSE,
            body={"number": number, "part": part.number, "data": b64encode(part.data).decode()},
            key=f"catalogue:{number}:{part.number}",
        )


def take_part(message: Message) -> None:
    """Keep a part; with the last one, prove the catalogue and load it."""
    _check_publisher(message.sender)
    with _claims_of(message) as claims:
        number, place, data = _number(claims), claims.integer("part", least=1), _data(claims)
    files = CatalogueFiles.objects.filter(number=number).first()
    if files is None or place > files.parts:
        raise CatalogueRefused(number=number, reason="nobody here waits for this part")
    CataloguePart.objects.get_or_create(files=files, number=place, defaults={"data": data})
    if files.pieces.count() == files.parts and _is_news(files):
        _load(files)


def _data(claims: Claims) -> bytes:
    try:
        return b64decode(claims.text("data", longest=_LONGEST_DATA), validate=True)
    except (NotBase64, ValueError):
        raise claims.bad("data", "it is not base64") from None


def _load(files: CatalogueFiles) -> None:
    from serai.register.actions import load_published  # noqa: PLC0415

    packed = b"".join(bytes(data) for data in files.pieces.order_by("number").values_list("data", flat=True))
    if sha256(packed).hexdigest() != files.sha256:
        raise CatalogueRefused(number=files.number, reason="its parts do not make up what was announced")
    with TemporaryDirectory(prefix="serai-catalogue-") as folder:
        try:
            unpack(packed, Path(folder))
            load_published(folder=Path(folder), number=files.number, digest=files.digest, actor=_ACTOR)
        except (ValueError, BrokenCatalogue) as error:
            raise CatalogueRefused(number=files.number, reason=str(error)) from None


def _type(name: str, lane: str, handle: Handler) -> MessageType:
    return MessageType(name=name, version=1, lane=lane, purposes=frozenset({PURPOSE}), handle=handle)


TYPES: Final = (
    _type(CATALOGUE, LANE, take_catalogue),
    _type(ASK, LANE, send_parts),
    _type(PART, BULK, take_part),
)
