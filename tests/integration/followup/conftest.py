"""Four people of the daily work, and an entry with a declared indicator to work on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from serai.kernel import clock, people
from serai.kernel.roles import Actor, Role
from serai.register import queries
from serai.register.models import Entry
from tests.people import MemoryDirectory

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Staff:
    """Who does the daily work in a test."""

    directory: MemoryDirectory
    editor: Actor
    reviewer: Actor
    second_reviewer: Actor
    focal: Actor  # of Kazakhstan
    other_focal: Actor  # of Uzbekistan
    auditor: Actor
    operator: Actor


@pytest.fixture
def staff() -> Iterator[Staff]:
    directory = MemoryDirectory()
    before = people._directory
    people.use_directory(directory)
    yield Staff(
        directory=directory,
        editor=directory.add("editor", (Role.EDITOR, "")),
        reviewer=directory.add("reviewer", (Role.REVIEWER, "")),
        second_reviewer=directory.add("second", (Role.REVIEWER, "")),
        focal=directory.add("focal", (Role.FOCAL_POINT, "state:KZ")),
        other_focal=directory.add("other", (Role.FOCAL_POINT, "state:UZ")),
        auditor=directory.add("auditor", (Role.AUDITOR, "")),
        operator=directory.add("operator", (Role.OPERATOR, "")),
    )
    people.use_directory(before)


@pytest.fixture(autouse=True)
def _still_clock() -> Iterator[None]:
    with clock.frozen(NOW):
        yield


@pytest.fixture
def entry(db: None) -> Entry:
    """An entry measured by declared figures, in hectares per year, binding all six."""
    return queries.get_entry("VIII.3a")
