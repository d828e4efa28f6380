from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    leg: int
    key: str
    hours: float
    cv: float
    departures: tuple[int, ...] = ()
    headway_h: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    p50: int
