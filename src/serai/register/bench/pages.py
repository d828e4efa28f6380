"""What the benchmark measures inside a node: pages through Django's client, each list compared with the reference."""

import gc
import os
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from random import Random
from typing import Final
from urllib.parse import unquote

import brotli
from django.test import Client

from serai.kernel import clock
from serai.kernel.languages import ENGLISH, LANGUAGES
from serai.register import queries
from serai.register.bench.data import describe, make_entries, read_donors, store
from serai.register.bench.plan import SLEEP, Found, ListFound, Plan, p95
from serai.register.bench.reference import Listing, PlainRegister, PlainText, find_differences, read_rows
from serai.register.bench.workload import PAGE_SIZE, Asked, Query, ask_for_lists, read_queries
from serai.register.catalogue import read_catalogue
from serai.register.index import get_index
from serai.register.models import Entry
from serai.register.queries import ListRequest

FIRST_HITS: Final = 10  # an expected entry counts when it is among so many
_ALL_HITS: Final = 1_000_000
_STATUS: Final = re.compile(r'role="status">.*?<b[^>]*>(.*?)</b>', re.DOTALL)
_CODES: Final = re.compile(r'class="entries__id">([^<]+)<')


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One timed request."""

    wall_ms: float
    cpu_ms: float
    page: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of a form; `leads_to` is empty unless the answer sends the browser on."""

    wall_ms: float
    status: int
    leads_to: str


class Reader:
    """Somebody with a browser, inside this process: every middleware runs, only the socket is missing."""

    def __init__(self) -> None:
        self._client = Client(SERVER_NAME="localhost", headers={"accept-encoding": "br, gzip"})
        self._sleep_s = int(os.environ.get(SLEEP) or 0) / 1e6

    def visit(self, address: str) -> Visit:
        """Get a page, timed; raise AssertionError when it is not given."""
        cpu, started = time.process_time(), time.perf_counter()
        if self._sleep_s:
            time.sleep(self._sleep_s)
        response = self._client.get(address)
        wall, spent = time.perf_counter() - started, time.process_time() - cpu
        assert response.status_code == 200, f"{address} answers {response.status_code}"
        page = response.content
        if response.headers.get("Content-Encoding") == "br":
            page = brotli.decompress(page)
        return Visit(wall_ms=wall * 1000, cpu_ms=spent * 1000, page=page)

    def send(self, address: str, fields: Mapping[str, str]) -> Sent:
        """Post a form, timed as `visit` does; the browser keeps what it is given."""
        started = time.perf_counter()
        if self._sleep_s:
            time.sleep(self._sleep_s)
        response = self._client.post(address, dict(fields))
        return Sent(
            wall_ms=(time.perf_counter() - started) * 1000,
            status=response.status_code,
            leads_to=response.get("Location", ""),
        )

    def visit_all(self, addresses: Sequence[str]) -> list[Visit]:
        return [self.visit(address) for address in addresses]


def read_list_page(html: str) -> tuple[int, list[str]]:
    """Return the total that a list page prints (-1 when none) and the numbers of the entries that it shows.

    >>> read_list_page('<p role="status"><b class="num">1,204</b> of 9</p><span class="entries__id">VI.13a</span>')
    (1204, ['VI.13a'])
    >>> read_list_page('<p>a page without a total</p>')
    (-1, [])
    """
    status = _STATUS.search(html)
    digits = re.sub(r"\D", "", status[1]) if status else ""
    return int(digits) if digits else -1, _CODES.findall(html)


def measure_pages(plan: Plan) -> Found:
    """Measure the hits of the shipped register, then put registers of each size in its place and measure those."""
    return _Measurement(plan).run()


class _Measurement:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.found = Found()
        self.reader = Reader()
        self.queries = read_queries()
        self.catalogue = read_catalogue()
        self.donors = read_donors(self.catalogue)

    def run(self) -> Found:
        self._measure_hits()
        self._note_order(len(self.donors))
        for size in dict.fromkeys([*self.plan.sizes, *self.plan.order_sizes]):
            self._measure_size(size)
        return self.found

    def _measure_hits(self) -> None:
        """Count the searches whose expected entries are all among the first ten of the shipped register's page."""
        for query in self.queries:
            asked = Asked(language=query.language, choice={}, text=query.text)
            _, codes = read_list_page(self.reader.visit(asked.address).page.decode())
            if not set(query.expected) <= set(codes[:FIRST_HITS]):
                self.found.missed.append(query.text)
        self.found.hits_share = 1 - len(self.found.missed) / len(self.queries)

    def _note_order(self, size: int) -> None:
        hits = {}
        for query in self.queries:
            request = ListRequest(text=query.text, size=_ALL_HITS)
            hits[query.text] = [entry.code for entry in queries.list_entries(request).entries]
        self.found.orders[str(size)] = hits

    def _measure_size(self, size: int) -> None:
        _tell(f"making a register of {size:,} entries")
        made = make_entries(self.donors, size=size, seed=self.plan.seed)
        documents = describe(self.catalogue, made)
        store(made, documents)
        build_s = _seconds(get_index)
        if size in self.plan.order_sizes:
            self._note_order(size)
        if size not in self.plan.sizes:
            return
        text = PlainText(documents, [query.text for query in self.queries])
        register = PlainRegister(rows=read_rows(clock.today()), text=text)
        gc.collect()
        gc.freeze()  # the reference's rows are not the node's: its collector must not walk through them
        self._measure_list(size, register, build_s)
        if size == self.plan.main_size:
            self._measure_search(register)
            self._measure_entries()
        gc.unfreeze()

    def _measure_list(self, size: int, register: PlainRegister, build_s: float) -> None:
        _tell(f"list page, {size:,} entries: {self.plan.rounds} x {self.plan.requests} requests")
        random = self._random(size)
        asked = ask_for_lists(register, self.queries, requests=self.plan.requests, random=random)
        rounds = self._rounds([request.address for request in asked])
        sample = random.sample(range(len(asked)), k=min(self.plan.compared, len(asked)))
        compared = [self._compare(asked[number], rounds[0][number].page, register) for number in sample]
        visits = [visit for visits in rounds for visit in visits]
        self.found.lists[str(size)] = ListFound(
            p95_ms=[p95(visit.wall_ms for visit in visits) for visits in rounds],
            p95_of_best_ms=p95(min(visit.wall_ms for visit in same) for same in zip(*rounds, strict=True)),
            p50_ms=statistics.median(visit.wall_ms for visit in visits),
            cpu_p95_ms=p95(visit.cpu_ms for visit in visits),
            query_ms=statistics.median(query_s * 1000 for query_s, _ in compared),
            reference_ms=statistics.median(reference_s * 1000 for _, reference_s in compared),
            index_build_s=build_s,
        )

    def _rounds(self, addresses: Sequence[str]) -> list[list[Visit]]:
        self.reader.visit_all(addresses[:5])  # templates and labels are read once per process, not per page
        return [self.reader.visit_all(addresses) for _ in range(self.plan.rounds)]

    def _compare(self, asked: Asked, page: bytes, register: PlainRegister) -> tuple[float, float]:
        """Compare the query and the page with the reference; return the seconds of the query and of the reference."""
        request = ListRequest(text=asked.text, choice=asked.choice, page=asked.page, size=PAGE_SIZE)
        started = time.perf_counter()
        found = queries.list_entries(request)
        between = time.perf_counter()
        expected = register.list_page(asked.choice, asked.text, page=asked.page, size=PAGE_SIZE)
        ended = time.perf_counter()
        listing = Listing(total=found.total, counts=found.counts, codes=[entry.code for entry in found.entries])
        total, codes = read_list_page(page.decode())
        printed = Listing(total=total, counts=expected.counts, codes=codes)
        self.found.differences += find_differences(f"query {unquote(asked.address)}", listing, expected)
        self.found.differences += find_differences(f"page {unquote(asked.address)}", printed, expected)
        self.found.compared += 1
        return between - started, ended - between

    def _measure_search(self, register: PlainRegister) -> None:
        asked = [Asked(language=query.language, choice={}, text=query.text) for query in self._shuffled(self.queries)]
        _tell(f"search: {self.plan.rounds} x {len(asked)} queries")
        rounds = self._rounds([request.address for request in asked])
        for request, visit in zip(asked, rounds[0], strict=True):
            self._compare(request, visit.page, register)
        self.found.search_p95_ms = [p95(visit.wall_ms for visit in visits) for visits in rounds]

    def _shuffled(self, queries: Sequence[Query]) -> list[Query]:
        return self._random("search").sample(queries, k=len(queries))

    def _measure_entries(self) -> None:
        _tell(f"entry page: {self.plan.rounds} x {self.plan.requests} requests")
        random = self._random("entry")
        rows = random.choices(list(Entry.objects.only("code", "texts")), k=self.plan.requests)
        languages = [random.choice(LANGUAGES) for _ in rows]
        addresses = [
            f"/register/{row.code}" if language == ENGLISH else f"/{language}/register/{row.code}"
            for row, language in zip(rows, languages, strict=True)
        ]
        rounds = self._rounds(addresses)
        for row, language, address, visit in zip(rows, languages, addresses, rounds[0], strict=True):
            if f"<h1>{escape(row.text('title', language))}</h1>" not in visit.page.decode():
                self.found.differences.append(f"{address}: its heading is not the title of entry {row.code}")
        self.found.entry_p95_ms = [p95(visit.wall_ms for visit in visits) for visits in rounds]

    def _random(self, purpose: object) -> Random:
        return Random(f"{purpose} {self.plan.seed}")  # noqa: S311  # a workload, not a secret


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # the process that started this one passes it on
