"""Bugs in a running pair, so that the checker is seen to fail where it must; then all is as before."""

from serai.exchange.faults.checker import check
from serai.exchange.faults.node import Node
from serai.exchange.faults.plants import caught
from serai.exchange.faults.stage import Finding, Stage
from serai.exchange.faults.wrapping import BUGS, plant


def in_journals(stage: Stage, finding: Finding) -> None:
    """Plant a bug for each of the ten rules into the journals of a good run."""
    pair = stage.pair
    pair.issue(pair.xa, 40)
    pair.issue(pair.xa, 20, lane="customs")
    pair.issue(pair.xb, 20, needs="customs")
    stage.check(finding)
    found = caught(stage.sampled(pair.journals()))
    missed = [rule for rule, is_caught in found.items() if not is_caught]
    finding.expect(not missed, f"not found by the rules {', '.join(missed)}")
    finding.figures["caught"] = len(found) - len(missed)
    finding.done = (
        f"{len(found)} bugs in the journals of a good run, one for each rule: {len(found) - len(missed)} found"
    )


def in_the_nodes(stage: Stage, finding: Finding) -> None:
    """Plant a bug into running nodes: a message lost, an effect doubled, out of order, or missing under a receipt."""
    pair = stage.pair
    pair.settle()
    kept = {code: _keep(node) for code, node in pair.nodes.items()}
    found = list[str]()
    bugs = list(BUGS)[: stage.size.live_bugs]
    for bug in bugs:
        for node in pair.nodes.values():
            plant(node.folder, bug)
            node.start()
        pair.issue(pair.xa, 30)
        pair.settle()
        if BUGS[bug] in check(pair.journals(), most=1):
            found.append(bug)
        for code, node in pair.nodes.items():
            plant(node.folder, "")
            store, signed = kept[code]
            node.put_back(store)
            (node.folder / "keys" / "signed.log").write_bytes(signed)
    for node in pair.nodes.values():
        node.start()
    pair.issue(pair.xa, 10)
    stage.check(finding)
    finding.expect(len(found) == len(bugs), f"found only {', '.join(found) or 'none'}")
    finding.figures["caught"] = len(found)
    finding.done = f"{len(bugs)} bugs in running nodes ({', '.join(bugs)}): {len(found)} found by their rule"


def _keep(node: Node) -> tuple[bytes, bytes]:
    """Stop a node; return its store, and how far it has signed."""
    node.stop()
    return node.flatten(), (node.folder / "keys" / "signed.log").read_bytes()
