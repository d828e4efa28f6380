"""What the processes of this part of the benchmark tell each other. Pure."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesPlan:
    """Pages to measure on a node that is empty but for the register, as somebody who edits and reviews."""

    seed: int
    link: str  # path that signs the person in, once
    account: str
    figures: int  # published ones that stand; notes, requests and what waits follow from it
    visits: int  # a round, of each page
    rounds: int


@dataclass(slots=True, kw_only=True)
class PagesFound:
    """Times of both pages, one p95 a round, and where they differ from the reference."""

    work_p95_ms: list[float] = field(default_factory=list)
    entry_p95_ms: list[float] = field(default_factory=list)
    work_p50_ms: float = 0.0
    entry_p50_ms: float = 0.0
    work_cpu_p95_ms: float = 0.0  # of this process, so free of what else the machine does
    entry_cpu_p95_ms: float = 0.0
    largest_p95_ms: float = 0.0  # of the one entry that holds a fifth of all figures
    figures: int = 0
    waiting: int = 0
    requests: int = 0
    made_s: float = 0.0
    compared: int = 0
    differences: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsPlan:
    """Rounds in which many reviewers decide on one submission at once."""

    reviewers: int
    rounds: int


@dataclass(slots=True, kw_only=True)
class DecisionsFound:
    violations: list[str] = field(default_factory=list)  # a sentence for each round in which not exactly one stood
    round_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessesPlan:
    """Guesses at one account's password over HTTP, the right one among them: from one address, and from many."""

    seed: int
    link: str  # path that signs the account in, once
    email: str
    guesses: int  # from one address, and as many again from `addresses`
    addresses: int


@dataclass(slots=True, kw_only=True)
class GuessesFound:
    successes: list[str] = field(default_factory=list)
    lockouts: list[str] = field(default_factory=list)
    refused: int = 0  # guesses that were not even compared
    rss_kb: float = 0.0  # growth
    table_kb: float = 0.0
    p95_ms: float = 0.0
