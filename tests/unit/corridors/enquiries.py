"""Enquiries on the shipped network, for tests of the planner."""

from datetime import UTC, datetime
from random import Random

from serai.corridors.enquiry import Enquiry
from serai.corridors.graph import FROM, TO, build_graph
from serai.corridors.model import Consignment
from serai.corridors.network import Network
from serai.corridors.runs import Vertex

NETWORK = Network.load()
MONDAY = datetime(2026, 11, 30, 0, 0, tzinfo=UTC)
KHORGOS = "cn-khorgos-horgos-rail--kz-altynkol--rail"


def asked(
    origin: str = "cn-xi-an",
    destination: str = "uz-tashkent",
    *,
    load: str = "c40dry",
    tonnes: float = 20.0,
    **fields: object,
) -> Enquiry:
    """Return an enquiry; from Xi'an to Tashkent unless told."""
    consignment = Consignment(load=NETWORK.loads[load], cargo_t=tonnes)
    given = {"ready": MONDAY} | fields
    return Enquiry(origin=origin, destination=destination, consignment=consignment, **given)


def pairs(number: int, *, is_truck: bool, seed: int) -> list[tuple[str, str]]:
    """Return pairs of places between which such a load may be asked for."""
    graph = build_graph(NETWORK, is_truck=is_truck)
    places = [
        place for place in sorted(NETWORK.places) if {Vertex(FROM, place), Vertex(TO, place)} <= graph.numbers.keys()
    ]
    random = Random(seed)
    return [tuple(random.sample(places, 2)) for _ in range(number)]
