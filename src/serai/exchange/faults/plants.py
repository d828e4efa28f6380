"""Ten bugs, one for each rule of the checker, planted into the journals of a run: a rule that cannot fail checks nothing. Pure."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, TypeVar

from serai.exchange.faults import naive
from serai.exchange.faults.checker import check
from serai.exchange.faults.journal import Effect, Given, Journal, Kept, Run, Sample, Sighting

Plant = Callable[[Run], Run]
T = TypeVar("T")


def caught(run: Run) -> dict[str, bool]:
    """Plant each bug alone; return rule → whether that very rule found it. The run itself must be good."""
    return {name: name in check(plant(run), most=1) for name, plant in PLANTS.items()}


def _with(run: Run, journal: Journal, **fields: Any) -> Run:
    return {**run, journal.code: replace(journal, **fields)}


def _receiver(run: Run) -> Journal:
    return max(run.values(), key=lambda journal: len(journal.effects))


def _swap(rows: Sequence[T], old: T, new: T) -> tuple[T, ...]:
    return tuple(new if row is old else row for row in rows)


def _received(journal: Journal) -> Kept:
    return next(kept for kept in journal.envelopes if not kept.is_sent and kept.id == journal.effects[0].id)


def lose_an_effect(run: Run) -> Run:
    """A receipt was given, the effect is gone."""
    journal = _receiver(run)
    return _with(run, journal, effects=journal.effects[1:])


def swap_two_effects(run: Run) -> Run:
    journal = _receiver(run)
    first = journal.effects[0]
    later = next(
        each for each in journal.effects if each.lane == first.lane and each.sender == first.sender and each != first
    )
    rest = [each for each in journal.effects if each not in {first, later}]
    return _with(run, journal, effects=(later, first, *rest))


def fork_a_lane(run: Run) -> Run:
    journal = _receiver(run)
    kept = _received(journal)
    head, _, signature = kept.raw.split(b".")
    other = naive.payload_of(kept.raw) | {"id": "f" * 32}
    body = urlsafe_b64encode(str(other).replace("'", '"').encode()).rstrip(b"=")
    raw = b".".join([head, body, signature])
    return _with(run, journal, envelopes=(*journal.envelopes, replace(kept, raw=raw, hash=naive.hash_of(raw))))


def alter_a_leaf(run: Run) -> Run:
    journal = _receiver(run)
    leaf = journal.leaves[len(journal.leaves) // 2]
    altered = replace(leaf, hash=bytes([leaf.hash[0] ^ 1]) + leaf.hash[1:])
    return _with(run, journal, leaves=_swap(journal.leaves, leaf, altered))


def forge_a_receipt(run: Run) -> Run:
    journal = _receiver(run)
    given = next(each for each in journal.receipts if each.is_ours)
    forged: Given = replace(given, raw=_flip_signature(given.raw))
    return _with(run, journal, receipts=_swap(journal.receipts, given, forged))


def _flip_signature(raw: bytes) -> bytes:
    head, _, signature = raw.rpartition(b".")
    flipped = bytearray(urlsafe_b64decode(signature + b"=="))
    flipped[5] ^= 1
    return head + b"." + urlsafe_b64encode(bytes(flipped)).rstrip(b"=")


def alter_a_copy(run: Run) -> Run:
    journal = _receiver(run)
    kept = _received(journal)
    altered = replace(kept, raw=_flip_signature(kept.raw))
    return _with(run, journal, envelopes=_swap(journal.envelopes, kept, altered))


def act_too_late(run: Run) -> Run:
    journal = _receiver(run)
    effect = journal.effects[0]
    late: Effect = replace(effect, at=effect.at + 91 * 86400)
    return _with(run, journal, effects=_swap(journal.effects, effect, late))


def use_twice(run: Run) -> Run:
    journal = _receiver(run)
    first, second = (each for _, each in zip(range(2), journal.effects, strict=False))
    return _with(run, journal, effects=_swap(journal.effects, second, replace(second, value=first.value)))


def outgrow_a_bound(run: Run) -> Run:
    journal = _receiver(run)
    return _with(run, journal, samples=(*journal.samples, Sample("memory of the node in MB", 1000, 200)))


def leak_a_canary(run: Run) -> Run:
    journal = _receiver(run)
    return _with(run, journal, sightings=(*journal.sightings, Sighting("canary", "what passed by", is_allowed=False)))


PLANTS: Final[Mapping[str, Plant]] = {
    "1 one effect each": lose_an_effect,
    "2 in order": swap_two_effects,
    "3 unbroken chain": fork_a_lane,
    "4 in the log": alter_a_leaf,
    "5 valid keys": forge_a_receipt,
    "6 same bytes": alter_a_copy,
    "7 within validity": act_too_late,
    "8 used once": use_twice,
    "9 within bounds": outgrow_a_bound,
    "10 sealed": leak_a_canary,
}
