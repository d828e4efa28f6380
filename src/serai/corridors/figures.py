"""A number and what it rests on. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Basis(StrEnum):
    """What a number rests on; the later, the weaker."""

    PUBLISHED = "published"  # printed by the source, used as it is
    DERIVED = "derived"  # computed from published values by the rule
    ASSUMED = "assumed"  # a planner's default without a source


_WEAKNESS = {basis: place for place, basis in enumerate(Basis)}


@dataclass(frozen=True, slots=True)
class Rest:
    """What a number rests on: its basis, where it comes from, and by which rule."""

    basis: Basis
    source: str = ""
    rule: str = ""


def weakest(bases: Iterable[Basis]) -> Basis:
    """Return the weakest basis of several; what rests on nothing is published.

    >>> weakest([Basis.PUBLISHED, Basis.ASSUMED, Basis.DERIVED])
    <Basis.ASSUMED: 'assumed'>
    """
    return max(bases, key=_WEAKNESS.__getitem__, default=Basis.PUBLISHED)
