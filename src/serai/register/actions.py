"""Every write of the register."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.db import transaction

from serai.kernel import audit, clock, fulltext
from serai.kernel.locks import take_lock
from serai.kernel.revision import bump_revision
from serai.kernel.roles import Actor
from serai.register.catalogue import ENTRIES, PRIOR, SHIPPED, Catalogue, fingerprint, read_catalogue
from serai.register.documents import SEARCH_INDEX, search_documents
from serai.register.errors import BrokenCatalogue, Problem
from serai.register.followup.actions.feeding import record_measurement
from serai.register.loader import KEYS, PUBLISHER, Loader
from serai.register.models import Body, CatalogueVersion, Entry, Event, Instrument, Owned, Period, PriorEntry
from serai.register.proof import prove
from serai.register.revisions import REGISTER

__all__ = ["LoadResult", "is_shipped_loaded", "load_catalogue", "record_measurement"]  # what other parts may call

_BUILD: Final = "2"  # raise when the same files must fill the tables differently


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """What a load did."""

    version: int
    entries: int
    changed: int
    is_new: bool


def load_catalogue(
    *, actor: Actor, folder: Path = SHIPPED, progress: Callable[[str], None] = lambda _: None
) -> LoadResult:
    """Bring the register to the state of a folder of catalogue files; do nothing when it is there already.

    Raises BrokenCatalogue, with every fault found, before anything is written.
    """
    last = CatalogueVersion.objects.order_by("-number").first()
    if last is not None and last.digest == _stamp(fingerprint(folder)):
        return LoadResult(version=last.number, entries=last.entries, changed=0, is_new=False)
    progress("Reading the catalogue")
    catalogue = read_catalogue(folder)
    progress("Proving it")
    problems = prove(catalogue)
    if problems:
        raise BrokenCatalogue(problems)
    progress("Loading it")
    with transaction.atomic():
        take_lock("register-load")
        return _load(catalogue, actor=actor)


def is_shipped_loaded() -> bool:
    """Whether the newest version in the tables is what the software ships."""
    last = CatalogueVersion.objects.order_by("-number").first()
    return last is not None and last.digest == _stamp(fingerprint())


def _stamp(digest: str) -> str:
    return f"{_BUILD}-{digest}"[:64]


def _load(catalogue: Catalogue, *, actor: Actor) -> LoadResult:
    digest = _stamp(catalogue.digest)
    last = CatalogueVersion.objects.order_by("-number").first()
    if last is not None and last.digest == digest:
        return LoadResult(version=last.number, entries=last.entries, changed=0, is_new=False)
    _check_nothing_vanishes(catalogue)
    version = CatalogueVersion.objects.create(
        number=last.number + 1 if last else 1,
        digest=digest,
        loaded_at=clock.now(),
        owner_node=PUBLISHER,
        entries=len(catalogue.entries),
        changed=0,
    )
    loader = Loader(catalogue, version)
    loader.load()
    version.changed = loader.changed
    version.save(update_fields=["changed"])
    fulltext.replace_documents(SEARCH_INDEX, search_documents(catalogue))
    bump_revision(REGISTER)
    audit.record(
        "register:catalogue:load",
        subject=f"catalogue version {version.number}",
        actor=actor,
        digest=digest,
        entries=version.entries,
        changed=version.changed,
    )
    return LoadResult(version=version.number, entries=version.entries, changed=version.changed, is_new=True)


def _check_nothing_vanishes(catalogue: Catalogue) -> None:
    """An id that was published is cited somewhere: it may change, but not go."""
    kept: list[tuple[type[Owned], str, set[str]]] = [
        (Entry, ENTRIES, {entry.id for entry in catalogue.entries}),
        (Body, "bodies.yaml", {body.id for body in catalogue.bodies}),
        (Event, "events.yaml", {event.id for event in catalogue.events}),
        (Period, "events.yaml", {period.id for period in catalogue.periods}),
        (Instrument, "instruments.yaml", {instrument.id for instrument in catalogue.instruments}),
        (PriorEntry, PRIOR, {prior.id for prior in catalogue.prior}),
    ]
    problems = [
        Problem(file=file, item=key, field="id", reason="was published in an earlier version and is missing now")
        for model, file, ids in kept
        for key in sorted(set(model._default_manager.values_list(KEYS.get(model, "slug"), flat=True)) - ids)
    ]
    if problems:
        raise BrokenCatalogue(problems)
