"""The two nodes of a trial, XA and XB in the training realm, with a link between them that can be made bad."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from serai.exchange.faults.journal import Issued, Journal
from serai.exchange.faults.node import Node
from serai.exchange.faults.proxy import Proxy
from serai.exchange.faults.waiting import TrialFailed, until
from serai.exchange.signer.keyfile import make_keys

WAITING: Final = "SELECT (SELECT count(*) FROM exchange_intent) + (SELECT count(*) FROM exchange_waiting)"


@dataclass(slots=True)
class Pair:
    """Both nodes and the links between them; `links` are named after the node they lead to."""

    folder: Path
    seed: int = 1
    is_direct: bool = False  # no link between that could be made bad: for measuring
    stores: Mapping[str, str] = field(default_factory=dict)  # database addresses by code; SQLite when there is none
    nodes: dict[str, Node] = field(default_factory=dict)
    links: dict[str, Proxy] = field(default_factory=dict)
    _values: int = 0
    _issued: dict[str, Issued] = field(default_factory=dict)

    @property
    def xa(self) -> Node:
        return self.nodes["XA"]

    @property
    def xb(self) -> Node:
        return self.nodes["XB"]

    def open(self) -> None:
        """Make both nodes, start them, and introduce each to the other by its fingerprint."""
        with ThreadPoolExecutor() as workers:
            for code in ("XA", "XB"):
                self.nodes[code] = Node(code, self.folder / code, store_url=self.stores.get(code, ""))
                self.links[code] = Proxy(self.nodes[code].port, seed=self.seed)
                self.links[code].start()
            list(workers.map(_bring_up, self.nodes.values()))
        for here, there in ((self.xa, self.xb), (self.xb, self.xa)):
            fingerprint = there.serai("exchange", "fingerprint").strip()
            port = there.port if self.is_direct else self.links[there.code].port
            address = f"http://127.0.0.1:{port}"
            here.serai("exchange", "introduce", address, "--fingerprint", fingerprint)

    def close(self) -> None:
        """End everything that was started."""
        for node in self.nodes.values():
            node.close()
        for link in self.links.values():
            link.stop()

    def take_values(self, count: int) -> int:
        """Return the first of so many numbers that were not used yet."""
        first = self._values + 1
        self._values += count
        return first

    def issue(self, sender: Node, count: int, *, lane: str = "bulk", **args: Any) -> None:
        """Have one node send messages to the other; return when they are queued."""
        found = sender.do("issue", **self._issue(sender, count, lane) | args)
        if found["status"]:
            raise TrialFailed(f"{sender.code} could not queue messages; see {sender.code}.err")

    def begin_issue(self, sender: Node, count: int, *, lane: str = "bulk", **args: Any) -> int:
        """The same in the background; return the process."""
        return sender.mother.begin("issue", self._issue(sender, count, lane) | args)

    def _issue(self, sender: Node, count: int, lane: str) -> dict[str, Any]:
        peer = "XB" if sender.code == "XA" else "XA"
        return {"peer": peer, "lane": lane, "first": self.take_values(count), "count": count}

    def left(self) -> int:
        """Return how many messages have no receipt yet."""
        return sum(int(node.value(WAITING)) for node in self.nodes.values())

    def settle(self, *, seconds: float = 90) -> float:
        """Wait until every message has its receipt; return how long it took."""
        return until(lambda: not self.left(), seconds=seconds, what=f"receipts for all ({self.left()} left)")

    def journals(self) -> dict[str, Journal]:
        """Return both journals; what a node issued and has forgotten since, with its store, is added from memory."""
        return {code: self._whole(node.journal()) for code, node in self.nodes.items()}

    def _whole(self, journal: Journal) -> Journal:
        known = {one.id for one in journal.issued}
        forgotten = [one for number, one in self._issued.items() if number not in known and one.sender == journal.code]
        return replace(journal, issued=(*journal.issued, *forgotten))

    def remember(self) -> None:
        """Write down what both have issued: a node is about to lose a part of its store. All must be settled."""
        for journal in self.journals().values():
            self._issued |= {one.id: one for one in journal.issued}

    def clear(self) -> None:
        """Let everything pass on both links."""
        for link in self.links.values():
            link.clear()


def _bring_up(node: Node) -> None:
    """Make a node whose keys are two months old, so that a clock may go back; start it."""
    node.folder.mkdir(mode=0o700)
    make_keys(node.folder, node=node.code, realm="training", now=int(time.time()) - 60 * 86400)
    node.run_outside("node", "init", "--code", node.code, "--realm", "training")
    node.run_outside("register", "load")
    if node.do("make_tables")["status"]:
        raise TrialFailed(f"{node.code}: the harness's own tables could not be made; see {node.code}.err")
    node.start()
