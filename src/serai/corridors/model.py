"""Time, cost and CO2e of what a consignment does, piece by piece, each with what it rests on. Pure.

The rules are those of the data's README, “Time, cost and CO2e of a leg”. CO2e is well to wheel, of the cargo's mass alone.
A `Rate` says what a kilometre or a handling takes; a `Piece` is a rate as one consignment meets it on its way.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from serai.corridors.errors import TooHeavy
from serai.corridors.figures import Basis, Rest
from serai.corridors.network import Border, Factor, Load, Mode, Network, SeaLink, Terminal

NOTHING: Final = Rest(Basis.PUBLISHED)
SEA_MODES: Final = {"Caspian": "sea_feeder_caspian", "Black Sea": "sea_feeder_blacksea", "ocean": "sea_ocean"}
# The hours from the gate of a terminal to its departure, or from arrival to the gate.
GATE_HOURS: Final = {Mode.RAIL: 12.0, Mode.ROAD: 3.0, Mode.SEA: 24.0}
_GATE: Final = Rest(Basis.ASSUMED, rule="half a day at a rail terminal, three hours for a lorry, a day in a port")
SHUNTING_HOURS: Final = 12.0  # until a wagon from one train leaves in another
_SHUNTING: Final = Rest(Basis.ASSUMED, rule="half a day until a wagon leaves in another train, as at a terminal's gate")
# What speeds and terminals scatter by; border times bring their own. Coefficients of variation.
SPEED_CV: Final = 0.15
HANDLING_CV: Final = 0.5
# A generator of 4 kW takes about 1.3 l of diesel an hour (loads.csv); a litre is about 3.2 kg, well to wheel.
GENSET_KG_KWH: Final = 1.3 * 3.2 / 4
GENSET: Final = Rest(Basis.ASSUMED, rule="1.3 l of diesel an hour for 4 kW, 3.2 kg CO2e a litre")


class What(StrEnum):
    RUNNING = "running"
    BORDER = "border"
    HANDLING = "handling"  # at a terminal
    LOADING = "loading"  # at either end


@dataclass(frozen=True, slots=True, kw_only=True)
class Consignment:
    """One container or lorry. `cargo_t` in tonnes; the HS chapter is kept for the papers, it changes no figure."""

    load: Load
    cargo_t: float
    hs_chapter: str = ""

    def __post_init__(self) -> None:
        if not 0 < self.cargo_t <= self.load.most_t:
            raise TooHeavy(cargo_t=f"{self.cargo_t:g}", load=self.load.name, most_t=f"{self.load.most_t:.1f}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What a kilometre takes (`_km`), or one handling: hours, US dollars, grams of CO2e a tonne-kilometre."""

    what: What
    where: str  # a country, a crossing or a terminal
    mode: str
    hours_km: float = 0.0
    hours: float = 0.0
    cv: float = 0.0  # of the hours
    usd_km: float = 0.0
    usd: float = 0.0
    is_per_unit: bool = False  # else the dollars are of a 40 ft container, and each load pays its share
    grams_tkm: float = 0.0
    time_rest: Rest = NOTHING
    cost_rest: Rest = NOTHING
    co2e_rest: Rest = NOTHING

    def share(self, load: Load) -> float:
        return 1.0 if self.is_per_unit else load.price_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a way: its rate, and kilometres, hours, US dollars and kilograms of CO2e."""

    rate: Rate
    km: float
    hours: float
    usd: float
    co2e_kg: float


def piece_of(rate: Rate, km: float, consignment: Consignment) -> Piece:
    return Piece(
        rate=rate,
        km=km,
        hours=rate.hours + km * rate.hours_km,
        usd=(rate.usd + km * rate.usd_km) * rate.share(consignment.load),
        co2e_kg=consignment.cargo_t * km * rate.grams_tkm / 1000,
    )


@dataclass(slots=True)
class Rates:
    """The rates of one network, each numbered once. Prices are of lorries or of containers on the ferries."""

    network: Network
    is_truck: bool
    found: list[Rate] = field(default_factory=list)
    _numbers: dict[tuple[str, ...], int] = field(default_factory=dict)

    def _number(self, key: tuple[str, ...], rate: Rate) -> int:
        self._numbers[key] = len(self.found)
        self.found.append(rate)
        return self._numbers[key]

    def running(self, mode: str, country: str, item: str, *, is_per_unit: bool = False, emitting: str = "") -> int:
        """Return the number of the rate of moving within a country, at the price of an item of costs.csv."""
        key = ("running", mode, country, item, emitting)
        if key in self._numbers:
            return self._numbers[key]
        speed = self.network.speed(mode, country)
        price = self.network.cost(item, mode, country)
        emission = self.network.emission(emitting or mode, country)
        rate = Rate(
            what=What.RUNNING,
            where=country,
            mode=mode,
            hours_km=speed.hours(1.0),
            cv=SPEED_CV,
            usd_km=price.value,
            is_per_unit=is_per_unit,
            grams_tkm=emission.value,
            time_rest=speed.rest,
            cost_rest=price.rest,
            co2e_rest=emission.rest,
        )
        return self._number(key, rate)

    def sea(self, link: SeaLink) -> int:
        """Return the number of the rate of a crossing of the sea in a container ship."""
        mode = SEA_MODES[link.basin]
        return self.running(mode, "*", "ocean_container" if mode == "sea_ocean" else "feeder_container")

    def ferry(self) -> int:
        """Return the number of the rate of the Caspian ferries: as a lorry, or in a container on a wagon."""
        if self.is_truck:
            return self.running("ferry_caspian", "*", "ferry_truck", is_per_unit=True)
        return self.running("ferry_caspian", "*", "ferry_wagon", emitting="rail_ferry_caspian")

    def border(self, border: Border, mode: str) -> int:
        key = ("border", border.crossing, border.country_from)
        rate = Rate(
            what=What.BORDER,
            where=border.crossing,
            mode=mode,
            hours=border.hours,
            cv=border.cv,
            usd=border.cost_usd,
            is_per_unit=True,
            time_rest=border.rest,
            cost_rest=border.cost_rest,
        )
        return self._numbers[key] if key in self._numbers else self._number(key, rate)

    def terminal(self, terminal: Terminal) -> int:
        key = ("terminal", terminal.id)
        rate = Rate(
            what=What.HANDLING,
            where=terminal.id,
            mode=f"{terminal.mode_from}-{terminal.mode_to}",
            hours=terminal.hours,
            cv=HANDLING_CV,
            usd=terminal.cost_usd,
            is_per_unit=True,
            time_rest=terminal.rest,
            cost_rest=terminal.rest,
        )
        return self._numbers[key] if key in self._numbers else self._number(key, rate)

    def shunting(self, place: str) -> int:
        key = ("shunting", place)
        rate = Rate(
            what=What.HANDLING,
            where=place,
            mode="rail",
            hours=SHUNTING_HOURS,
            cv=HANDLING_CV,
            time_rest=_SHUNTING,
            cost_rest=NOTHING,
        )
        return self._numbers[key] if key in self._numbers else self._number(key, rate)

    def loading(self, mode: Mode) -> int:
        """Return the number of the rate of loading or unloading at an end of the way."""
        key = ("loading", mode)
        price: Factor = self.network.cost("loading", mode)
        rate = Rate(
            what=What.LOADING,
            where="",
            mode=mode,
            hours=GATE_HOURS[mode],
            cv=HANDLING_CV,
            usd=price.value,
            time_rest=_GATE,
            cost_rest=price.rest,
        )
        return self._numbers[key] if key in self._numbers else self._number(key, rate)


def hire_of(network: Network, load: Load) -> Factor:
    """Return what a day costs in US dollars, whatever the load does: the container's hire; nothing for a lorry."""
    if load.is_truck:
        return Factor(0.0, NOTHING)
    hire = network.cost("container_hire", "rail")
    return Factor(hire.value * load.price_share, hire.rest)


def waiting_of(network: Network, load: Load) -> Factor:
    """Return what a day of standing costs in US dollars: the lorry with its driver, or the container's hire."""
    return network.cost("waiting", "road") if load.is_truck else hire_of(network, load)
