"""What changed between two versions of an entry: field by field, texts word by word. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

_PIECE = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)


class Change(StrEnum):
    SAME = "same"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Piece:
    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that changed, as pieces in reading order: what went out, what came in, what stayed."""

    field: str
    pieces: Sequence[Piece]


def compare_texts(before: str, after: str) -> list[Piece]:
    """Return the pieces of a text; joined without those that came in they give `before`, without those out `after`.

    >>> [(piece.change.value, piece.text) for piece in compare_texts("met once", "met twice")]
    [('same', 'met '), ('out', 'once'), ('in', 'twice')]
    """
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    pieces: list[Piece] = []
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Change.SAME, "".join(old[old_from:old_to])))
            continue
        pieces += [Piece(Change.OUT, "".join(old[old_from:old_to]))] if old_to > old_from else []
        pieces += [Piece(Change.IN, "".join(new[new_from:new_to]))] if new_to > new_from else []
    return pieces


def compare_records(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[FieldChange]:
    """Yield the fields in which two records of an entry differ, in the order of the newer one."""
    for field in dict.fromkeys([*after, *before]):
        old, new = before.get(field), after.get(field)
        if old != new:
            yield FieldChange(field, compare_texts(_write(old), _write(new)))


def _write(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(_write(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_write(item)}" for key, item in value.items() if item not in (None, ""))
    return str(value)
