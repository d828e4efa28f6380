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
from serai.register.publishing import is_publisher, publish
from serai.register.revisions import REGISTER

__all__ = [  # what other parts may call
    "LoadResult",
    "has_content",
    "is_load_due",
    "load_catalogue",
    "load_published",
    "number_published",
    "record_measurement",
]

_BUILD: Final = "2"  # raise when the same files must fill the tables differently


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadResult:
    """What a load did. `is_kept` when the Secretariat's version stands here and the files are others."""

    version: int
    entries: int
    changed: int
    is_new: bool
    is_kept: bool = False


def load_catalogue(
    *, actor: Actor, folder: Path = SHIPPED, progress: Callable[[str], None] = lambda _: None
) -> LoadResult:
    """Bring the register to the state of a folder of catalogue files; do nothing when it is there already.

    At the Secretariat's node a new state is published to all. Every other node keeps what the Secretariat published
    once it has that. Raises BrokenCatalogue, with every fault found, before anything is written.
    """
    last = CatalogueVersion.objects.order_by("-number").first()
    digest = fingerprint(folder)
    if last is not None and last.digest == _stamp(digest):
        return _nothing_done(last)
    if last is not None and _is_kept(last, digest):
        return _nothing_done(last, is_kept=True)
    catalogue = _read(folder, progress)
    progress("Loading it")
    with transaction.atomic():
        take_lock("register-load")
        done = _load(catalogue, actor=actor)
        if done.is_new:
            _number_for_all(done.version, folder, catalogue.digest, before=last)
        return done


def _nothing_done(last: CatalogueVersion, *, is_kept: bool = False) -> LoadResult:
    return LoadResult(version=last.number, entries=last.entries, changed=0, is_new=False, is_kept=is_kept)


def _read(folder: Path, progress: Callable[[str], None] = lambda _: None) -> Catalogue:
    progress("Reading the catalogue")
    catalogue = read_catalogue(folder)
    progress("Proving it")
    problems = prove(catalogue)
    if problems:
        raise BrokenCatalogue(problems)
    return catalogue


def _number_for_all(number: int, folder: Path, digest: str, *, before: CatalogueVersion | None) -> None:
    """Publish the version, or let it have the number that the Secretariat gave to the same files."""
    version = CatalogueVersion.objects.get(pk=number)
    if is_publisher():
        publish(version, folder, digest)
    elif before is not None and before.published is not None:  # the same files, read anew by newer software
        version.published = before.published
        version.save(update_fields=["published"])


def number_published(*, number: int, digest: str, actor: Actor) -> bool:
    """Give the catalogue with that digest the Secretariat's number, if its files are here; return whether they are."""
    last = CatalogueVersion.objects.order_by("-number").first()
    if last is not None and has_content(last, digest):
        _set_published(last, number, actor)
        return True
    if fingerprint() != digest:
        return False
    load_published(folder=SHIPPED, number=number, digest=digest, actor=actor)
    return True


def load_published(*, folder: Path, number: int, digest: str, actor: Actor) -> None:
    """Load what the Secretariat published under a number. Raises BrokenCatalogue; ValueError when it is another one."""
    catalogue = _read(folder)
    if catalogue.digest != digest:
        raise ValueError("the files are not those that were announced")
    with transaction.atomic():
        take_lock("register-load")
        done = _load(catalogue, actor=actor)
        _set_published(CatalogueVersion.objects.get(pk=done.version), number, actor)


def _set_published(version: CatalogueVersion, number: int, actor: Actor) -> None:
    version.published = number
    version.save(update_fields=["published"])
    bump_revision(REGISTER)
    audit.record(
        "register:catalogue:number",
        subject=f"catalogue version {version.number}",
        actor=actor,
        published=number,
        digest=version.digest,
    )


def has_content(version: CatalogueVersion, digest: str) -> bool:
    """Whether a version was filled from the files of that digest, by whatever software."""
    _build, _, kept = version.digest.partition("-")
    return digest.startswith(kept)  # its end may have been cut off


def is_load_due() -> bool:
    """Whether loading what the software ships would change anything."""
    last, digest = CatalogueVersion.objects.order_by("-number").first(), fingerprint()
    return last is None or (last.digest != _stamp(digest) and not _is_kept(last, digest))


def _is_kept(last: CatalogueVersion, digest: str) -> bool:
    """Whether what stands here was published by the Secretariat, and the files are others than those."""
    return last.published is not None and not is_publisher() and not has_content(last, digest)


def _stamp(digest: str) -> str:
    return f"{_BUILD}-{digest}"[:64]


def _load(catalogue: Catalogue, *, actor: Actor) -> LoadResult:
    digest = _stamp(catalogue.digest)
    last = CatalogueVersion.objects.order_by("-number").first()
    if last is not None and last.digest == digest:
        return _nothing_done(last)
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
