"""From what a person or a program writes to an enquiry: one reading for the page, the API, the command line and batches. Pure.

A moment without an offset is by the clock of the place where the load is. An error over one field names it: `fields["field"]`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite

from serai.corridors.calendar import zone_of
from serai.corridors.enquiry import MOST_DAYS, Enquiry, check_enquiry
from serai.corridors.errors import BadChapter, BadWindow, NotAMoment, NotTonnes, UnknownLoad
from serai.corridors.finding import find_place
from serai.corridors.graph import Limits
from serai.corridors.model import Consignment
from serai.corridors.network import Mode, Network, Place
from serai.kernel.errors import SeraiError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The fields of an enquiry as they are written. Places are names, ids or UN/LOCODEs, in any of the languages."""

    origin: str
    destination: str
    load: str = "c40dry"
    cargo_t: str = ""  # the usual of the load when empty
    hs_chapter: str = ""
    ready: str = ""
    window_days: str = ""
    arrive_by: str = ""
    via: Sequence[str] = ()  # “place:…”, “country:…”, “crossing:…”, “mode:…”, or a place's name
    avoid_countries: Sequence[str] = ()
    avoid_places: Sequence[str] = ()
    avoid_modes: Sequence[str] = ()
    avoid_crossings: Sequence[str] = ()
    scenarios: Sequence[str] = ()


def read_enquiry(network: Network, asked: Asked, *, now: datetime) -> Enquiry:
    """Return a checked enquiry. Raises BadConsignment, BadQuestion, UnknownPlace. Without a day it is ready tomorrow at eight."""
    with _field("from"):
        origin = find_place(network, asked.origin)
    with _field("to"):
        destination = find_place(network, asked.destination)
    enquiry = Enquiry(
        origin=origin.id,
        destination=destination.id,
        consignment=_consignment(network, asked),
        ready=_moment(asked.ready, origin, "ready") if asked.ready.strip() else tomorrow(origin, now),
        window_days=_days(asked.window_days),
        arrive_by=_moment(asked.arrive_by, destination, "arrive_by") if asked.arrive_by.strip() else None,
        via=_vias(network, asked.via),
        limits=Limits(
            countries=frozenset(one.strip().upper() for one in asked.avoid_countries if one.strip()),
            places=_avoided(network, asked.avoid_places),
            modes=frozenset(_both_ferries(asked.avoid_modes)),
            crossings=frozenset(one.strip() for one in asked.avoid_crossings if one.strip()),
            scenarios=frozenset(one.strip() for one in asked.scenarios if one.strip()),
        ),
    )
    check_enquiry(network, enquiry)
    return enquiry


@contextmanager
def _field(name: str) -> Iterator[None]:
    """Let an error over what is read in it name the field."""
    try:
        yield
    except SeraiError as error:
        error.fields.setdefault("field", name)
        raise


def tomorrow(place: Place, now: datetime) -> datetime:
    """Return the next day, eight in the morning by a place's clock."""
    there = now.astimezone(zone_of(place.country)) + timedelta(days=1)
    return there.replace(hour=8, minute=0, second=0, microsecond=0)


def _both_ferries(modes: Sequence[str]) -> list[str]:
    """Return the modes to avoid: who avoids ferries means lorries and wagons on them alike."""
    named = [one.strip().lower() for one in modes if one.strip()]
    return [*named, Mode.RAIL_FERRY] if Mode.FERRY in named else named


def _consignment(network: Network, asked: Asked) -> Consignment:
    load = network.loads.get(asked.load.strip())
    if load is None:
        raise UnknownLoad(load=asked.load[:40], known=", ".join(sorted(network.loads)), field="load")
    written = asked.cargo_t.strip()
    chapter = _chapter(asked.hs_chapter)
    with _field("cargo_t"):
        cargo_t = load.cargo_t if not written else _number(written)
        return Consignment(load=load, cargo_t=cargo_t, hs_chapter=chapter)


def _number(written: str) -> float:
    try:
        found = float(written.replace(",", ".", 1))
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise NotTonnes(written=written[:40])
    return found


def _chapter(written: str) -> str:
    found = written.strip()
    if found and not (len(found) == 2 and found.isascii() and found.isdigit() and 1 <= int(found) <= 97):
        raise BadChapter(written=found[:40], field="hs_chapter")
    return found


def _days(written: str) -> int | None:
    if not (found := written.strip()):
        return None
    if not (found.isascii() and found.isdigit() and len(found) <= 4):
        raise BadWindow(days=found[:40], most=MOST_DAYS, field="window_days")
    return int(found)


def _moment(written: str, place: Place, field: str) -> datetime:
    try:
        found = datetime.fromisoformat(written.strip())
    except ValueError:
        raise NotAMoment(written=written[:40], field=field) from None
    return found if found.tzinfo else found.replace(tzinfo=zone_of(place.country))


def _vias(network: Network, written: Sequence[str]) -> tuple[str, ...]:
    with _field("via"):
        return tuple(_via(network, one) for one in written if one.strip())


def _avoided(network: Network, written: Sequence[str]) -> frozenset[str]:
    with _field("avoid_places"):
        return frozenset(find_place(network, one).id for one in written if one.strip())


def _via(network: Network, written: str) -> str:
    kind, colon, name = written.strip().partition(":")
    if not colon:
        return f"place:{find_place(network, written).id}"
    return f"place:{find_place(network, name).id}" if kind == "place" else f"{kind}:{name.strip()}"
