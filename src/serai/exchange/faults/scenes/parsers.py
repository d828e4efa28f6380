"""Bodies that are made to break whoever reads them."""

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from serai.exchange.faults.forging import Forger, dump
from serai.exchange.faults.node import ENVELOPES, MESSAGES, Node
from serai.exchange.faults.processes import traced
from serai.exchange.faults.scenes.forgeries import next_claims, state_of
from serai.exchange.faults.stage import Finding, Stage

_CPU_MS: Final = 50.0
_MEMORY_MB: Final = 20.0
_BOMB: Final = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">'
    + b"".join(b'<!ENTITY b%d "%s">' % (n, b"&b%d;" % (n - 1) * 10 if n > 1 else b"&b;" * 10) for n in range(1, 12))
    + b"]><a>&b11;</a>"
)
_OUTSIDE: Final = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def abused(stage: Stage, finding: Finding) -> None:
    """20. Bombs, depth, doubled names, numbers without end, what is no text: raw, and inside what is validly signed."""
    pair, node = stage.pair, stage.pair.xb
    pair.issue(pair.xa, 1)
    pair.settle()
    cases = dict(_cases(pair.xa, node))
    before, trace = state_of(node), stage.folder / "opened"
    slowest = ("", 0.0)
    memory = node.memory_mb()
    with traced(node.processes()["web"][0], "-e", "trace=openat,open,connect", "-o", str(trace)) as is_watched:
        for name, (body, headers) in cases.items():
            cpu_ms, status = _try(node, body, headers)
            finding.expect(400 <= status < 500, f"{name}: answered with {status}")
            finding.expect(cpu_ms <= _CPU_MS, f"{name}: {cpu_ms:.0f} ms of the processor")
            finding.expect(state_of(node) == before, f"{name}: something changed")
            slowest = max(slowest, (name, cpu_ms), key=lambda each: each[1])
    grown = node.memory_mb() - memory
    finding.expect(grown <= _MEMORY_MB, f"memory grew by {grown:.0f} MB")
    if is_watched:
        outside = [line for line in trace.read_text(errors="replace").splitlines() if _is_outside(line, stage.folder)]
        finding.expect(not outside, f"opened: {outside[:3]}")
    else:
        finding.notes.append("what was opened could not be watched: strace is missing or may not attach")
    pair.issue(pair.xa, 3)
    stage.check(finding)
    finding.figures |= {"cases": len(cases), "slowest_ms": slowest[1], "grown_mb": grown}
    finding.done = (
        f"{len(cases)} bodies, each refused with a status of the client’s; the slowest, {slowest[0]}, took {slowest[1]:.0f} ms of "
        f"the processor, memory +{grown:.1f} MB; no file or address outside was opened"
    )


def _cases(sender: Node, receiver: Node) -> Iterator[tuple[str, tuple[bytes, dict[str, str]]]]:
    plain = {"Content_Type": ENVELOPES}
    for name, body in _raw():
        yield name, (body, plain)
    zipped = gzip.compress(b"\0" * 10_000_000)
    yield "zip bomb 1:1000", (zipped, plain | {"Content_Encoding": "gzip"})
    yield "XML bomb said to be XML", (_BOMB, {"Content_Type": "application/xml"})
    yield "form", (b"a=" + b"1" * 100_000, {"Content_Type": "application/x-www-form-urlencoded"})
    forger = Forger.with_keys_of(sender)
    good = dump(forger.claims(receiver.code, **next_claims(sender, receiver)))
    for name, part in _signed():
        yield f"signed: {name}", (forger.sign(good.replace(b'{"value":-1}', part)) + b"\n", plain)
    yield "signed: no object", (forger.sign(b"[1,2]"), plain)
    yield "signed: no JSON", (forger.sign(b"\xff\xfe\x00"), plain)


def _raw() -> Iterator[tuple[str, bytes]]:
    yield "nothing", b""
    yield "XML bomb", _BOMB
    yield "XML that names a file", _OUTSIDE
    yield "depth 200,000", b"[" * 200_000
    yield "objects 100,000 deep", b'{"a":' * 100_000
    yield "CBOR of endless length", b"\x9f" * 50_000
    yield "CBOR array of 2^60", b"\x9b\x10\x00\x00\x00\x00\x00\x00\x00"
    yield "only dots", b"." * 500_000
    yield "one long line", b"A" * 890_000
    yield "100,000 lines", b"a.b.c\n" * 100_000
    yield "NUL", b"\0" * 1000
    yield "bad UTF-8", b"\xc3\x28\xf0\x28\x8c\x28" * 1000
    yield "header 100,000 deep", b"W1tb" * 100_000 + b".e30." + b"A" * 86
    yield "larger than the limit", b"a" * 1_000_000


def _signed() -> Iterator[tuple[str, bytes]]:
    yield "depth 40,000", b'{"value":' + b"[" * 40_000 + b"]" * 40_000 + b"}"
    yield "depth 17", b'{"value":' + b"[" * 17 + b"]" * 17 + b"}"
    yield "name twice", b'{"value":1,"value":2}'
    yield "NaN", b'{"value":NaN}'
    yield "Infinity", b'{"value":-Infinity}'
    yield "1e999", b'{"value":1e999}'
    yield "90,000 digits", b'{"value":' + b"9" * 90_000 + b"}"
    yield "bad UTF-8", b'{"value":"\xc3\x28"}'
    yield "NUL", b'{"value":"\\u0000"}'
    yield "half a surrogate", b'{"value":"\\ud800"}'
    yield "no object", b'"text"'


def _try(node: Node, body: bytes, headers: dict[str, str]) -> tuple[float, int]:
    """Send a body; return the processor time of the web process in ms, and the status."""
    before = _cpu_ms(node)
    answer = node.ask("POST", MESSAGES, body, **headers)
    return _cpu_ms(node) - before, answer.status


def _cpu_ms(node: Node) -> float:
    tick_ms = 1000 / os.sysconf("SC_CLK_TCK")
    total = 0.0
    for pid in node.processes()["web"]:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) * tick_ms
    return total


def _is_outside(line: str, folder: Path) -> bool:
    """Whether a traced call opened what belongs neither to the node nor to the program."""
    if "connect(" in line:
        return "AF_UNIX" not in line
    return "ENOENT" not in line and not any(
        part in line
        for part in (str(folder), "/site-packages/", "/python3", "/src/serai/", "/proc/", "/usr/", "/lib", "/dev/")
    )
