"""The work list and the public page of an entry, with many figures, timed through Django's client and compared."""

import gc
import statistics
import time
from collections.abc import Sequence
from random import Random

from serai.kernel import clock
from serai.kernel.languages import ENGLISH, LANGUAGES
from serai.register.bench.followup.data import Made, make, store
from serai.register.bench.followup.plan import PagesFound, PagesPlan
from serai.register.bench.followup.reference import compare, expect_entries, expect_work, read_entry, read_work
from serai.register.bench.pages import Reader, Visit
from serai.register.bench.plan import p95
from serai.register.followup.domain import Kind, SubmissionState

_LARGEST_SHARE = 0.2  # of the visits, as of the figures


def measure(plan: PagesPlan) -> PagesFound:
    """Fill the node, sign in, and measure both pages."""
    today = clock.today()
    started = time.perf_counter()
    made = make(figures=plan.figures, account=plan.account, today=today, seed=plan.seed)
    store(made)
    found = PagesFound(made_s=time.perf_counter() - started)
    _count(made, found)
    gc.collect()
    gc.freeze()  # the reference's rows are not the node's: its collector must not walk through them
    worker, reader = Reader(), Reader()
    worker.send(plan.link, {})
    _measure_work(plan, made, worker, found)
    _measure_entries(plan, made, reader, found)
    return found


def _count(made: Made, found: PagesFound) -> None:
    """Note what the tables hold, so that a run that measured something smaller cannot pass."""
    for row in made.rows:
        found.figures += row.kind is Kind.MEASUREMENT and row.state is SubmissionState.PUBLISHED
        found.waiting += row.state is SubmissionState.WAITING
    found.requests = len(made.requests)


def _in_language(path: str, language: str) -> str:
    return path if language == ENGLISH else f"/{language}{path}"


def _measure_work(plan: PagesPlan, made: Made, worker: Reader, found: PagesFound) -> None:
    expected = expect_work(made, plan.account, clock.today())
    addresses = [_in_language("/work/", LANGUAGES[number % len(LANGUAGES)]) for number in range(plan.visits)]
    rounds = _rounds(worker, addresses, plan.rounds)
    for address, visit in zip(addresses, rounds[0], strict=True):
        found.differences += compare(address, read_work(visit.page.decode()), expected)
        found.compared += 1
    found.work_p95_ms = [p95(visit.wall_ms for visit in visits) for visits in rounds]
    found.work_p50_ms, found.work_cpu_p95_ms = _median(rounds), _cpu(rounds)


def _measure_entries(plan: PagesPlan, made: Made, reader: Reader, found: PagesFound) -> None:
    expected, random = expect_entries(made), Random(f"entries {plan.seed}")  # noqa: S311  # a workload
    first, *others = made.places
    places = [first if random.random() < _LARGEST_SHARE else random.choice(others) for _ in range(plan.visits)]
    languages = [LANGUAGES[number % len(LANGUAGES)] for number in range(plan.visits)]
    addresses = [
        _in_language(f"/register/{place.code}", language) for place, language in zip(places, languages, strict=True)
    ]
    rounds = _rounds(reader, addresses, plan.rounds)
    for place, language, address, visit in zip(places, languages, addresses, rounds[0], strict=True):
        if language == ENGLISH:
            found.differences += compare(address, read_entry(visit.page.decode()), expected[place.entry])
            found.compared += 1
    found.entry_p95_ms = [p95(visit.wall_ms for visit in visits) for visits in rounds]
    found.entry_p50_ms, found.entry_cpu_p95_ms = _median(rounds), _cpu(rounds)
    found.largest_p95_ms = p95(
        visit.wall_ms for visits in rounds for place, visit in zip(places, visits, strict=True) if place is first
    )


def _rounds(reader: Reader, addresses: Sequence[str], rounds: int) -> list[list[Visit]]:
    reader.visit_all(addresses[:5])  # templates and labels are read once per process, not per page
    return [reader.visit_all(addresses) for _ in range(rounds)]


def _median(rounds: Sequence[Sequence[Visit]]) -> float:
    return statistics.median(visit.wall_ms for visits in rounds for visit in visits)


def _cpu(rounds: Sequence[Sequence[Visit]]) -> float:
    return p95(visit.cpu_ms for visits in rounds for visit in visits)
