"""What the benchmark asks of the list and of the search: addresses drawn from the register at hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlencode

import yaml

from serai.kernel.languages import ENGLISH, LANGUAGES
from serai.register.bench.reference import PlainRegister
from serai.register.index import FACETS

QUERIES: Final = Path(__file__).parent / "queries.yaml"
PAGE_SIZE: Final = 20
# Share of the requests with this many facets chosen and with or without words.
_MIX: Final = ((0.20, 0, False), (0.40, 1, False), (0.25, 2, False), (0.15, 1, True))
_SHARE_SECOND_VALUE: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One search of the fixed set, and the entries of the shipped register that it must find."""

    text: str
    language: str
    expected: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request for the list."""

    language: str
    choice: Mapping[str, Sequence[str]]
    text: str
    page: int = 1

    @property
    def address(self) -> str:
        prefix = "" if self.language == ENGLISH else f"/{self.language}"
        query = [(facet, value) for facet, values in self.choice.items() for value in values]
        query += [("q", self.text)] if self.text else []
        query += [("page", str(self.page))] if self.page > 1 else []
        return f"{prefix}/register/" + (f"?{urlencode(query)}" if query else "")


def read_queries() -> list[Query]:
    """Return the fixed set: twenty searches in each language."""
    rows = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))
    return [Query(text=row["q"], language=row["lang"], expected=row["expected"]) for row in rows]


def ask_for_lists(register: PlainRegister, queries: Sequence[Query], *, requests: int, random: Random) -> list[Asked]:
    """Return requests in the agreed mix, shuffled, each for a random page of what it finds, in all three languages."""
    kinds = [(facets, with_text) for share, facets, with_text in _MIX for _ in range(max(1, round(share * requests)))]
    random.shuffle(kinds)
    return [_ask(register, queries, facets=facets, with_text=with_text, random=random) for facets, with_text in kinds]


def _ask(register: PlainRegister, queries: Sequence[Query], *, facets: int, with_text: bool, random: Random) -> Asked:
    query = random.choice(queries)
    language = query.language if with_text else random.choice(LANGUAGES)
    text = query.text if with_text else ""
    choice = _choose(register, facets, random)
    pages = max(1, -(-register.count(choice, text) // PAGE_SIZE))
    return Asked(language=language, choice=choice, text=text, page=random.randint(1, pages))


def _choose(register: PlainRegister, facets: int, random: Random) -> dict[str, list[str]]:
    """Choose values that some entry has together, as readers do who click on what they see; sometimes two of a facet."""
    row, other = random.choices(register.rows, k=2)
    choice = {}
    for facet in random.sample([facet for facet in FACETS if row.values[facet]], k=facets):
        values = [random.choice(sorted(row.values[facet]))]
        if other.values[facet] and random.random() < _SHARE_SECOND_VALUE:
            values.append(random.choice(sorted(other.values[facet])))
        choice[facet] = list(dict.fromkeys(values))
    return choice
