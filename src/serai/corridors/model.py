"""Time, cost and CO2e of what a consignment does, piece by piece, each with what it rests on. Pure.

The rules are those of the data's README, “Time, cost and CO2e of a leg”. CO2e is well to wheel, of the cargo's mass alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as altered
from enum import StrEnum
from typing import Final

from serai.corridors.errors import BadConsignment
from serai.corridors.figures import Basis, Rest
from serai.corridors.network import Border, Factor, Load, Mode, Network, SeaLink, Terminal
from serai.corridors.runs import Run

FREE: Final = Rest(Basis.PUBLISHED)


class What(StrEnum):
    RUNNING = "running"
    BORDER = "border"
    HANDLING = "handling"  # at a terminal
    WAITING = "waiting"  # for a departure
    LOADING = "loading"  # at either end


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """One container or lorry. `cargo_t` in tonnes; the HS chapter is kept for the papers, it changes no figure."""

    load: Load
    cargo_t: float
    hs_chapter: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.cargo_t <= self.load.most_t:
            raise BadConsignment(
                reason=f"{self.cargo_t:g} t do not go into one unit ({self.load.name}); send more than 0 and at most "
                f"{self.load.most_t:.1f} t in each."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a way: hours, US dollars, kilograms of CO2e, and what each rests on."""

    what: What
    where: str  # a country, a crossing, a terminal or a service
    mode: str
    km: float = 0.0
    hours: float = 0.0
    usd: float = 0.0
    co2e_kg: float = 0.0
    time_rest: Rest = FREE
    cost_rest: Rest = FREE
    co2e_rest: Rest = FREE


@dataclass(frozen=True, slots=True)
class Model:
    """The prices of one consignment on one network."""

    network: Network
    consignment: Consignment

    @property
    def load(self) -> Load:
        return self.consignment.load

    def running(self, mode: str, country: str, km: float, *, price: Factor, is_per_unit: bool = False) -> Piece:
        """Return a part of a way within one country."""
        speed, emission = self.network.speed(mode, country), self.network.emission(mode, country)
        return Piece(
            what=What.RUNNING,
            where=country,
            mode=mode,
            km=km,
            hours=speed.hours(km),
            usd=km * price.value * (1.0 if is_per_unit else self.load.price_share),
            co2e_kg=self.co2e_kg(km, emission),
            time_rest=speed.rest,
            cost_rest=price.rest,
            co2e_rest=emission.rest,
        )

    def co2e_kg(self, km: float, emission: Factor) -> float:
        return self.consignment.cargo_t * km * emission.value / 1000

    def run(self, run: Run) -> Iterator[Piece]:
        """Give the pieces of a run on rail or road."""
        for country, km in run.km:
            yield self.running(
                run.start.mode, country, km, price=self.network.cost("line_haul", run.start.mode, country)
            )
        if run.crossing:
            yield self.border(self.border_of(run), run.start.mode)

    def border_of(self, run: Run) -> Border:
        return self.network.crossings[run.crossing].borders[0 if run.is_forward else 1]

    def border(self, border: Border, mode: str) -> Piece:
        return Piece(
            what=What.BORDER,
            where=border.crossing,
            mode=mode,
            hours=border.hours,
            usd=border.cost_usd,
            time_rest=border.rest,
            cost_rest=border.cost_rest,
        )

    def terminal(self, terminal: Terminal) -> Piece:
        return Piece(
            what=What.HANDLING,
            where=terminal.id,
            mode=f"{terminal.mode_from}-{terminal.mode_to}",
            hours=terminal.hours,
            usd=terminal.cost_usd,
            time_rest=terminal.rest,
            cost_rest=terminal.rest,
        )

    def sea(self, link: SeaLink) -> Piece:
        """Return a crossing of the sea in a container ship."""
        mode = SEA_MODES[link.basin]
        item = "ocean_container" if mode == "sea_ocean" else "feeder_container"
        return self.running(mode, "*", link.km, price=self.network.cost(item, mode))

    def ferry(self, link: SeaLink) -> Piece:
        """Return a crossing of the Caspian on a ferry: as a lorry, or on a wagon."""
        if self.load.is_truck:
            return self.running(
                "ferry_caspian", "*", link.km, price=self.network.cost("ferry_truck", "ferry_caspian"), is_per_unit=True
            )
        piece = self.running("ferry_caspian", "*", link.km, price=self.network.cost("ferry_wagon", "ferry_caspian"))
        emission = self.network.emission("rail_ferry_caspian", "*")
        return altered(piece, co2e_kg=self.co2e_kg(link.km, emission), co2e_rest=emission.rest)

    def loading(self, mode: Mode) -> Piece:
        price = self.network.cost("loading", mode)
        return Piece(
            what=What.LOADING, where="", mode=mode, usd=price.value * self.load.price_share, cost_rest=price.rest
        )

    @property
    def hire_usd_day(self) -> float:
        """What a day costs, whatever the load does: the container's hire."""
        return 0.0 if self.load.is_truck else self.network.cost("container_hire", "rail").value * self.load.price_share

    @property
    def waiting_usd_day(self) -> float:
        """What a day of standing costs: the lorry with its driver, or the container's hire."""
        return self.network.cost("waiting", "road").value if self.load.is_truck else self.hire_usd_day


SEA_MODES: Final = {"Caspian": "sea_feeder_caspian", "Black Sea": "sea_feeder_blacksea", "ocean": "sea_ocean"}
