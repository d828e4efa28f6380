"""Numbers of entries: section, paragraph and part, such as `VI.13a`."""

import re
from dataclasses import dataclass
from typing import Final, NewType

EntryCode = NewType("EntryCode", str)

_ROMAN: Final = "0 I II III IV V VI VII VIII IX X XI XII XIII XIV XV XVI XVII XVIII XIX XX S".split()
SECTION_ORDER: Final = {section: number for number, section in enumerate(_ROMAN)}
CODE_PATTERN: Final = r"(?:0|[IVX]{1,5}|S)\.[0-9]{1,3}[a-z]?"
_FORM = re.compile(r"(0|[IVX]{1,5}|S)\.([0-9]{1,3})([a-z]?)", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where in a declaration an entry stands; sorts in the order of the text.

    >>> parse_code("VI.13a") < parse_code("VI.16c") < parse_code("X.1")
    True
    """

    section_number: int
    paragraph: int
    part: str

    @property
    def section(self) -> str:
        return _ROMAN[self.section_number]

    @property
    def code(self) -> EntryCode:
        return EntryCode(f"{self.section}.{self.paragraph}{self.part}")


def parse_code(text: str) -> Place:
    """Read an entry's number, upper or lower case; raise ValueError when it is none.

    >>> parse_code("vi.13A").code
    'VI.13a'
    >>> parse_code("VI-13")
    Traceback (most recent call last):
    ValueError: 'VI-13' is not an entry number such as VI.13a
    >>> parse_code("IIX.1")
    Traceback (most recent call last):
    ValueError: 'IIX.1' is not an entry number such as VI.13a
    """
    match = _FORM.fullmatch(text.strip())
    if match is None or match[1].upper() not in SECTION_ORDER:
        raise ValueError(f"{text!r} is not an entry number such as VI.13a")
    return Place(SECTION_ORDER[match[1].upper()], int(match[2]), match[3].lower())
