"""The fields of a signed object, each read once and by its type. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Final

from serai.exchange.errors import BadClaims
from serai.kernel.errors import BadInput
from serai.kernel.safejson import read_json

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_LARGEST: Final = 2**53 - 1  # what every reader of JSON holds exactly
MOST_EPOCHS: Final = 2**31 - 1  # what every store holds


def dump(values: Mapping[str, object]) -> bytes:
    """Return the compact JSON that is signed, in the order given."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def read_object(source: bytes, *, where: str = "payload") -> dict[str, object]:
    """Return the object that bytes say; raise BadClaims. Nothing in it has two meanings."""
    try:
        found = read_json(source)
    except BadInput as error:
        raise BadClaims(field=where, reason=str(error)) from None
    if not isinstance(found, dict):
        raise BadClaims(field=where, reason="it is no object")
    return found


def is_digest(text: str) -> bool:
    return _HASH.fullmatch(text) is not None


def are_counts(*values: object, least: int = 1) -> bool:
    """Whether each is a whole number from `least` that every reader holds: `true` is none, though Python takes it for 1."""
    return all(type(value) is int and least <= value <= _LARGEST for value in values)


class Claims:
    """An object as its sender wrote it. Each reader raises BadClaims; `check_no_more` finds what nobody asked for."""

    __slots__ = ("_left", "_values", "_where")

    def __init__(self, source: bytes | Mapping[str, object], *, where: str = "") -> None:
        if isinstance(source, bytes):
            source = read_object(source, where=where or "payload")
        self._values, self._where = source, where
        self._left = set(source)

    def _take(self, name: str) -> object:
        self._left.discard(name)
        try:
            return self._values[name]
        except KeyError:
            raise self.bad(name, "it is missing") from None

    def bad(self, name: str, reason: str) -> BadClaims:
        return BadClaims(field=f"{self._where}.{name}" if self._where else name, reason=reason)

    def has(self, name: str) -> bool:
        return name in self._values

    def is_null(self, name: str) -> bool:
        return self._take(name) is None

    def text(self, name: str, *, longest: int = 100) -> str:
        value = self._take(name)
        if not isinstance(value, str) or len(value) > longest:
            raise self.bad(name, f"it is no text of at most {longest} characters")
        return value

    def integer(self, name: str, *, least: int = 0, most: int = _LARGEST) -> int:
        value = self._take(name)
        if type(value) is not int or not least <= value <= most:
            raise self.bad(name, f"it is no whole number from {least} to {most}")
        return value

    def digest(self, name: str) -> str:
        """A SHA-256 in hex."""
        value = self._take(name)
        if not isinstance(value, str) or not _HASH.fullmatch(value):
            raise self.bad(name, "it is no SHA-256 in hex")
        return value

    def rows(self, name: str, *, most: int = 1000) -> Sequence[object]:
        value = self._take(name)
        if not isinstance(value, list) or len(value) > most:
            raise self.bad(name, f"it is no list of at most {most}")
        return value

    def object(self, name: str) -> dict[str, object]:
        value = self._take(name)
        if not isinstance(value, dict):
            raise self.bad(name, "it is no object")
        return value

    def part(self, name: str) -> "Claims":
        """The fields of an object inside this one."""
        return Claims(self.object(name), where=f"{self._where}.{name}" if self._where else name)

    def check_version(self, what: str) -> None:
        """Raise BadClaims unless it is the one version known here."""
        if self.integer("v") != 1:
            raise self.bad("v", f"only version 1 of {what} is known here")

    def check_no_more(self) -> None:
        """Raise BadClaims when there are fields that nobody reads: they might mean something to another reader."""
        if self._left:
            raise self.bad(min(self._left)[:40], "nobody here knows this field")
