"""Whether the store can be relied on. After a failed write to the disk nobody knows what is on it: the node stops writing and says so."""

from pathlib import Path

from django.conf import settings
from django.db import Error, connection

from serai.kernel.errors import NodeFault, gettext_noop


class StoreFaulty(NodeFault):
    code = "store_faulty"
    template = gettext_noop(
        "The disk failed to write at {at}; this node takes nothing more until it is started again. Look at the disk first."
    )


class StoreFull(NodeFault):
    code = "store_full"
    http_status = 507
    template = gettext_noop("The disk of this node is full. Nothing was taken; make room and it goes on by itself.")


class DiskDamage(NodeFault):
    code = "disk_damage"
    template = gettext_noop(
        "The store is not whole after the disk failed: {found}. Put a backup back: serai node restore"
    )


def _mark() -> Path:
    return Path(settings.HOME.folder, "run", "store-fault")


def find_fault() -> str:
    """Return when the disk failed; empty when it did not."""
    try:
        return _mark().read_text() or "an unknown time"
    except FileNotFoundError:
        return ""
    except OSError:
        return "an unknown time"


def check_writable() -> None:
    """Raise StoreFaulty after a failure of the disk. A start of the node checks the store and takes the mark away."""
    if at := find_fault():
        raise StoreFaulty(at=at)


def note(error: Error, *, at: str) -> NodeFault | None:
    """Return what an error of the store means for the node; None when it is no matter of the disk."""
    text = str(error).lower()
    if "disk i/o error" in text or "input/output error" in text or "could not fsync" in text:
        mark = _mark()
        mark.parent.mkdir(mode=0o700, exist_ok=True)
        mark.write_text(at)
        return StoreFaulty(at=at)
    if "full" in text or "no space left" in text:
        return StoreFull()
    return None


def clear_fault() -> None:
    """At a start after a failure, check the store and take the mark away; raise DiskDamage when it is not whole."""
    if not find_fault():
        return
    if connection.vendor == "sqlite":  # PostgreSQL checks itself when it starts again
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA quick_check")
            found = cursor.fetchone()[0]
        if found != "ok":
            raise DiskDamage(found=str(found)[:200])
    _mark().unlink(missing_ok=True)
