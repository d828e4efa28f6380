"""Errors of the register.

NotFound
├── NoSuchEntry
├── NoSuchBody
└── NoSuchInstrument
BadInput
└── BrokenCatalogue
"""

from collections.abc import Sequence
from dataclasses import dataclass

from serai.kernel.errors import BadInput, NotFound, gettext_noop


class NoSuchEntry(NotFound):
    code = "no_such_entry"
    template = gettext_noop(
        "The register has no entry “{entry}”. Entries are numbered like VI.13a: section, paragraph, part."
    )


class NoSuchBody(NotFound):
    code = "no_such_body"
    template = gettext_noop("The register knows no body “{body}”. The list of bodies shows all of them.")


class NoSuchInstrument(NotFound):
    code = "no_such_instrument"
    template = gettext_noop(
        "The register knows no instrument “{instrument}”. The list of instruments shows all of them."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in a catalogue: where, and why."""

    file: str
    item: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.item}: {self.field}: {self.reason}"


class BrokenCatalogue(BadInput):
    """A catalogue that cannot be loaded; the database stays as it was."""

    code = "broken_catalogue"
    template = gettext_noop("The catalogue has {count} faults; the register stays as it was. The first: {first}")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(count=len(problems), first=str(problems[0]))
        self.problems = list(problems)
