"""Publishing the catalogue: the Secretariat's node numbers its versions and tells every peer; the others hold copies.

Most peers run the same software and have the same files already, so only a number and hashes are sent. Who lacks the files
asks for them (messages.py), and gets them in parts.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from django.conf import settings

from serai.exchange.outbox import queue, queue_to_all
from serai.register.loader import PUBLISHER
from serai.register.models import CatalogueFiles, CataloguePart, CatalogueVersion
from serai.register.packing import pack

CATALOGUE: Final = "register.catalogue"
ASK: Final = "register.catalogue.ask"
PART: Final = "register.catalogue.part"
PURPOSE: Final = "register-catalogue"
LANE: Final = "register"
BULK: Final = "bulk"  # the parts: a submission that waits for a new catalogue must not stand before them in one lane
PART_BYTES: Final = 36 * 1024  # 48 kB in base64


def is_publisher() -> bool:
    """Whether this node is the one that publishes the catalogue."""
    return bool(settings.IDENTITY.code == PUBLISHER)


def publish(version: CatalogueVersion, folder: Path, digest: str) -> None:
    """Give a version that was just loaded its number for all nodes, keep its files, and tell every peer."""
    version.published = version.number
    version.save(update_fields=["published"])
    files = _keep_files(version.number, digest, pack(folder))
    queue_to_all(**_announcement(files))


def _keep_files(number: int, digest: str, packed: bytes) -> CatalogueFiles:
    CatalogueFiles.objects.all().delete()  # only the newest is ever asked for
    parts = [packed[at : at + PART_BYTES] for at in range(0, len(packed), PART_BYTES)]
    files = CatalogueFiles.objects.create(
        number=number, digest=digest, sha256=sha256(packed).hexdigest(), parts=len(parts)
    )
    CataloguePart.objects.bulk_create(
        CataloguePart(files=files, number=place, data=data) for place, data in enumerate(parts, start=1)
    )
    return files


def _announcement(files: CatalogueFiles) -> dict[str, object]:
    return {
        "lane": LANE,
        "type": CATALOGUE,
        "version": 1,
        "purpose": PURPOSE,
        "body": {"number": files.number, "digest": files.digest, "sha256": files.sha256, "parts": files.parts},
        "key": f"catalogue:{files.number}",
    }


def greet(peer: str) -> None:
    """Tell a peer that was just introduced of the newest catalogue, if this node publishes it."""
    files = CatalogueFiles.objects.order_by("-number").first() if is_publisher() else None
    if files is not None:
        queue(to=peer, **_announcement(files))  # type: ignore[arg-type]  # what `queue` takes


def newest_published() -> CatalogueVersion | None:
    """Return the newest version here that has the Secretariat's number."""
    return CatalogueVersion.objects.exclude(published=None).order_by("-number").first()
