"""Ten rules that hold for a run, whatever was done to it. Pure: journals in, sentences out.

Shares no code with the product: trees are computed as RFC 6962 defines them, signatures are checked by another library.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from serai.exchange.faults import naive
from serai.exchange.faults.journal import Journal, Kept, Run

SKEW_S: Final = 300
_NO_HASH: Final = "0" * 64
_COUNTED: Final = "bench."  # types of messages whose effects the harness writes down
Rule = Callable[[Run], Iterator[str]]


def check(run: Run, *, most: int = 5) -> dict[str, list[str]]:
    """Return rule → what breaks it, at most so many sentences each; rules that hold are left out."""
    found = dict[str, list[str]]()
    for name, rule in RULES.items():
        faults = [fault for _, fault in zip(range(most), rule(run), strict=False)]
        if faults:
            found[name] = faults
    return found


def _links(run: Run) -> Iterator[tuple[Journal, Journal]]:
    """Give each ordered pair of nodes: who sends, who receives."""
    for sender in run.values():
        for receiver in run.values():
            if sender.code != receiver.code:
                yield sender, receiver


def _received(receiver: Journal, sender: str) -> list[Kept]:
    return [kept for kept in receiver.envelopes if not kept.is_sent and kept.peer == sender]


def _sent(sender: Journal, receiver: str) -> list[Kept]:
    return [kept for kept in sender.envelopes if kept.is_sent and kept.peer == receiver and kept.epoch > 0]


def one_effect_each(run: Run) -> Iterator[str]:
    """1. Every issued message has exactly one effect, or still waits, or was refused under a signature."""
    for sender, receiver in _links(run):
        effects = Counter(effect.id for effect in receiver.effects if effect.sender == sender.code)
        issued = {one.id for one in sender.issued if one.peer == receiver.code}
        places = {kept.id: kept.place for kept in _sent(sender, receiver.code)}
        refused = _ids_by_outcome(receiver, sender.code, "refused")
        for number in sorted(issued):
            if effects[number] > 1:
                yield f"{sender.code}→{receiver.code}: message {number} took effect {effects[number]} times"
            if not effects[number] and number not in refused and not _waits(sender, number, places):
                yield f"{sender.code}→{receiver.code}: message {number} is lost"
        for number in sorted(set(effects) - issued):
            yield f"{sender.code}→{receiver.code}: message {number} took effect and was never issued"
        for number in sorted(_ids_by_outcome(receiver, sender.code, "applied") - set(effects)):
            yield f"{sender.code}→{receiver.code}: message {number} has a receipt and no effect"


def _waits(sender: Journal, number: str, places: Mapping[str, tuple[str, str, int, int]]) -> bool:
    return number in sender.unnumbered or places.get(number) in sender.waiting


def _ids_by_outcome(receiver: Journal, sender: str, outcome: str) -> set[str]:
    """Return the ids of counted messages to which the receiver's own receipts give an outcome."""
    ids = {
        (kept.lane, kept.epoch, kept.seq): kept.id
        for kept in _received(receiver, sender)
        if kept.type.startswith(_COUNTED)
    }
    found = set[str]()
    for given in receiver.receipts:
        if not given.is_ours or given.peer != sender:
            continue
        for seq, _, said, *_ in naive.payload_of(given.raw)["rows"]:
            number = ids.get((given.lane, given.epoch, seq))
            if said == outcome and number is not None:
                found.add(number)
    return found


def in_order(run: Run) -> Iterator[str]:
    """2. Lanes are dealt with as 1…n without a gap, effects in that order, none before one that its envelope names."""
    for sender, receiver in _links(run):
        yield from _gaps(sender.code, receiver)
        last = dict[str, tuple[int, int]]()
        done = set[tuple[str, int, int]]()
        received = {(kept.lane, kept.epoch, kept.seq): kept for kept in _received(receiver, sender.code)}
        for effect in receiver.effects:
            if effect.sender != sender.code:
                continue
            where = f"{sender.code}→{receiver.code} {effect.lane} {effect.epoch}/{effect.seq}"
            if (effect.epoch, effect.seq) <= last.get(effect.lane, (0, 0)):
                yield f"{where}: took effect after {last[effect.lane][0]}/{last[effect.lane][1]}"
            last[effect.lane] = effect.epoch, effect.seq
            done.add((effect.lane, effect.epoch, effect.seq))
            yield from _unmet(where, received.get((effect.lane, effect.epoch, effect.seq)), received, done)


def _gaps(sender: str, receiver: Journal) -> Iterator[str]:
    numbers = defaultdict[tuple[str, int], list[int]](list)
    for kept in _received(receiver, sender):
        numbers[kept.lane, kept.epoch].append(kept.seq)
    for (lane, epoch), seqs in numbers.items():
        if sorted(seqs) != list(range(1, len(seqs) + 1)):
            yield f"{sender}→{receiver.code} {lane} {epoch}: numbers are not 1 to {len(seqs)} without a gap"


def _unmet(
    where: str,
    kept: Kept | None,
    received: Mapping[tuple[str, int, int], Kept],
    done: set[tuple[str, int, int]],
) -> Iterator[str]:
    if kept is None:
        yield f"{where}: took effect and is not in the archive"
        return
    for _, lane, epoch, seq in naive.payload_of(kept.raw)["needs"]:
        need = received.get((lane, epoch, seq))
        if need is None or (
            need.type.startswith(_COUNTED) and need.outcome == "applied" and (lane, epoch, seq) not in done
        ):
            yield f"{where}: took effect before {lane} {epoch}/{seq}, which it names"


def unbroken_chain(run: Run) -> Iterator[str]:
    """3. Each envelope names the one before it in its lane; none has two successors, no place two envelopes."""
    for journal in run.values():
        lanes = defaultdict[tuple[bool, str, str], list[Kept]](list)
        for kept in journal.envelopes:
            if kept.epoch > 0:
                lanes[kept.is_sent, kept.peer, kept.lane].append(kept)
        for (is_sent, peer, lane), chain in lanes.items():
            where = f"{journal.code} {'to' if is_sent else 'from'} {peer} {lane}"
            yield from _broken(where, sorted(chain, key=lambda kept: (kept.epoch, kept.seq)))


def _broken(where: str, chain: list[Kept]) -> Iterator[str]:
    seen, successors = set[str](), Counter[str]()
    for before, kept in pairwise([None, *chain]):
        assert kept is not None
        claims, digest = naive.payload_of(kept.raw), naive.hash_of(kept.raw)
        prev = str(claims["prev"])
        at = f"{where} {kept.epoch}/{kept.seq}"
        if (claims["lane"], claims["epoch"], claims["seq"], digest) != (kept.lane, kept.epoch, kept.seq, kept.hash):
            yield f"{at}: the archive says other than the envelope"
        if before is not None and (before.epoch, before.seq) == (kept.epoch, kept.seq):
            yield f"{at}: two envelopes in one place"
        elif kept.seq > 1 and (before is None or prev != naive.hash_of(before.raw)):
            yield f"{at}: does not follow the one before"
        elif kept.seq == 1 and prev != _NO_HASH and prev not in seen:
            yield f"{at}: the epoch follows nothing that was sent"
        elif kept.seq == 1 and prev == _NO_HASH and seen:
            yield f"{at}: the epoch begins from nothing"
        successors[prev] += 1
        if successors[prev] > 1:
            yield f"{at}: a second successor of {prev[:12]}"
        seen.add(digest)


def in_the_log(run: Run) -> Iterator[str]:
    """4. What was acknowledged is in the log, provably; every earlier checkpoint is a beginning of the log as it is now."""
    for journal in run.values():
        tree = naive.Tree([leaf.hash for leaf in journal.leaves])
        if [leaf.index for leaf in journal.leaves] != list(range(len(journal.leaves))):
            yield f"{journal.code}: the log has gaps"
            continue
        yield from _wrong_roots(journal, tree, run)
        yield from _wrong_leaves(journal)
        yield from _unproven(journal, tree)


def _wrong_roots(journal: Journal, tree: naive.Tree, run: Run) -> Iterator[str]:
    shown = [(size, root, "its checkpoint") for size, root in journal.checkpoints]
    for other in run.values():
        for node, log_epoch, size, seen in other.witnessed:
            if (node, log_epoch) == (journal.code, journal.log_epoch):
                shown.append((size, bytes.fromhex(seen), f"the one that {other.code} saw"))
    for size, root, what in shown:
        if size > len(tree.leaves) or tree.root(size) != root:
            yield f"{journal.code}: the log at size {size} is not {what}"
    sizes = {size for size, _ in journal.checkpoints}
    if tree.leaves and len(tree.leaves) not in sizes:
        yield f"{journal.code}: the log of {len(tree.leaves)} leaves has no checkpoint at its end"


def _wrong_leaves(journal: Journal) -> Iterator[str]:
    kinds = [("sent" if kept.is_sent else "received", kept.key, kept.leaf, kept.raw) for kept in journal.envelopes]
    kinds += [("receipt", given.key, given.leaf, given.raw) for given in journal.receipts]
    for kind, key, index, raw in kinds:
        leaf = journal.leaves[index] if 0 <= index < len(journal.leaves) else None
        if leaf is None or (leaf.kind, leaf.ref, leaf.hash) != (kind, key, naive.leaf_of(raw)):
            yield f"{journal.code}: leaf {index} is not {kind} {key}"


def _unproven(journal: Journal, tree: naive.Tree) -> Iterator[str]:
    """Follow each of the node's own receipts to the log, by a proof as the receipt's holder would get it."""
    received = {kept.place: kept for kept in journal.envelopes if not kept.is_sent}
    for given in journal.receipts:
        claims = naive.payload_of(given.raw)
        if not given.is_ours or claims["log_epoch"] != journal.log_epoch or claims["size"] > len(tree.leaves):
            continue
        for seq, digest, outcome, _, index in claims["rows"]:
            kept = received.get((given.peer, given.lane, given.epoch, seq))
            if outcome == "parked":
                continue
            where = f"{journal.code} from {given.peer} {given.lane} {given.epoch}/{seq}"
            if kept is None or naive.hash_of(kept.raw) != digest:
                yield f"{where}: acknowledged, and not kept"
                continue
            path = tree.path(index, claims["size"])
            root = naive.root_by_path(naive.leaf_of(kept.raw), index, claims["size"], path)
            if root.hex() != claims["root"]:
                yield f"{where}: acknowledged, and not provably in the log"


def signed_by_valid_keys(run: Run) -> Iterator[str]:
    """5. Each receipt, and each envelope, verifies under a key of its signer that was valid at its time."""
    for journal in run.values():
        for given in journal.receipts:
            signer = journal.code if given.is_ours else given.peer
            claims = naive.payload_of(given.raw)
            if claims["from"] != signer or not naive.is_valid_then(given.raw, _keys(run, signer), claims["at"]):
                yield f"{journal.code}: a receipt of {signer} for {given.lane} {given.epoch} is not signed by a key valid then"
        for kept in journal.envelopes:
            signer = journal.code if kept.is_sent else kept.peer
            claims = naive.payload_of(kept.raw)
            if claims["from"] != signer or not naive.is_valid_then(kept.raw, _keys(run, signer), claims["iat"]):
                yield f"{journal.code}: envelope {kept.lane} {kept.epoch}/{kept.seq} of {signer} is not signed by a key valid then"


def _keys(run: Run, code: str) -> tuple[bytes, ...]:
    return run[code].statements if code in run else ()


def same_bytes(run: Run) -> Iterator[str]:
    """6. Both parties keep the same bytes: envelopes, receipts, key logs."""
    for sender, receiver in _links(run):
        link = f"{sender.code}→{receiver.code}"
        sent = {kept.place[1:]: kept.raw for kept in _sent(sender, receiver.code)}
        for kept in _received(receiver, sender.code):
            if not _is_same(sent.get(kept.place[1:]), kept.raw):
                yield f"{link} {kept.lane} {kept.epoch}/{kept.seq}: the parties keep different bytes"
        gave = {given.raw for given in receiver.receipts if given.is_ours and given.peer == sender.code}
        for got in sender.receipts:
            if got.is_ours or got.peer != receiver.code:
                continue
            if got.raw not in gave and naive.payload_of(got.raw)["log_epoch"] == receiver.log_epoch:
                yield f"{link} {got.lane} {got.epoch}: {sender.code} holds a receipt that {receiver.code} does not keep"
        copy = receiver.known.get(sender.code, ())
        if copy != sender.statements[: len(copy)]:
            yield f"{link}: {receiver.code} has another key log of {sender.code}"


def _is_same(sent: bytes | None, received: bytes) -> bool:
    """An envelope signed anew by another key, after a revocation, stays the same message."""
    if sent is None or sent == received:
        return sent is not None
    return naive.kid_of(sent) != naive.kid_of(received) and naive.hash_of(sent) == naive.hash_of(received)


def within_validity(run: Run) -> Iterator[str]:
    """7. No effect is dated before its envelope, less the skew, or after its end."""
    for sender, receiver in _links(run):
        received = {(kept.lane, kept.epoch, kept.seq): kept for kept in _received(receiver, sender.code)}
        for effect in receiver.effects:
            kept = received.get((effect.lane, effect.epoch, effect.seq)) if effect.sender == sender.code else None
            if kept is None:
                continue
            claims = naive.payload_of(kept.raw)
            if not claims["iat"] - SKEW_S <= effect.at <= claims["exp"]:
                yield f"{sender.code}→{receiver.code} {effect.lane} {effect.epoch}/{effect.seq}: took effect outside its time"


def used_once(run: Run) -> Iterator[str]:
    """8. No more was used than was granted, nothing twice, nothing for another purpose than it was sent for."""
    for sender, receiver in _links(run):
        granted = {one.value for one in sender.issued if one.peer == receiver.code}
        effects = [effect for effect in receiver.effects if effect.sender == sender.code]
        for value, times in Counter(effect.value for effect in effects).items():
            if times > 1:
                yield f"{sender.code}→{receiver.code}: number {value} was used {times} times"
            if value not in granted:
                yield f"{sender.code}→{receiver.code}: number {value} was used and never granted"
        purposes = {kept.id: naive.payload_of(kept.raw)["purpose"] for kept in _received(receiver, sender.code)}
        for effect in effects:
            if purposes.get(effect.id, effect.purpose) != effect.purpose:
                yield f"{sender.code}→{receiver.code}: number {effect.value} was used for another purpose"


def within_bounds(run: Run) -> Iterator[str]:
    """9. Memory and disk stay below their bounds."""
    for journal in run.values():
        for sample in journal.samples:
            if sample.value > sample.bound:
                yield f"{journal.code}: {sample.what} was {sample.value:.0f}, more than {sample.bound:.0f}"


def sealed_stays_sealed(run: Run) -> Iterator[str]:
    """10. What was sealed is readable in the two parties' files only."""
    for journal in run.values():
        for sighting in journal.sightings:
            if not sighting.is_allowed:
                yield f"{journal.code}: the sealed text {sighting.canary} stands in {sighting.file}"


RULES: Final[Mapping[str, Rule]] = {
    "1 one effect each": one_effect_each,
    "2 in order": in_order,
    "3 unbroken chain": unbroken_chain,
    "4 in the log": in_the_log,
    "5 valid keys": signed_by_valid_keys,
    "6 same bytes": same_bytes,
    "7 within validity": within_validity,
    "8 used once": used_once,
    "9 within bounds": within_bounds,
    "10 sealed": sealed_stays_sealed,
}
