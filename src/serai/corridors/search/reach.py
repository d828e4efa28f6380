"""From each key of a network of lines to the next ones, compiled: what `runs.py` asks for. Whole metres, so that sums are exact.

numba is imported with this module, which nothing imports before the first question.
"""

from typing import TYPE_CHECKING

import numpy as np

from serai.corridors.search.kernel import _compiled, _pop, _push, _twice

if TYPE_CHECKING:
    from numpy.typing import NDArray


def reach(
    ends: "NDArray[np.int64]", metres: "NDArray[np.int64]", is_key: "NDArray[np.bool_]"
) -> tuple["NDArray[np.int64]", "NDArray[np.int64]"]:
    """Return the shortest ways between keys that pass no other key, each pair once: from the lower node to the higher.

    `ends` (2, lines) are the nodes that a line joins, `is_key` says for each node whether it is one. The first array (3, ways)
    holds start, end and where the lines begin in the second; the next way's begin is where they end. Lines are in order.
    """
    nodes, lines = is_key.size, metres.size
    order = np.argsort(ends.ravel(), kind="stable").astype(np.int64)
    first = np.zeros(nodes + 1, dtype=np.int64)
    np.cumsum(np.bincount(ends.ravel(), minlength=nodes), out=first[1:])
    others = ends[::-1].ravel()[order]
    ways, passed = _reach(first, order % max(lines, 1), others, metres, is_key)
    return ways, passed


@_compiled
def _reach(first, line_of, other_of, metres, is_key):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901, PLR0912
    nodes = first.size - 1
    ways, passed = np.empty((3, 1024), dtype=np.int64), np.empty((1, 65536), dtype=np.int64)
    count, used = 0, 0
    done = np.full(nodes, -1, dtype=np.int64)  # by the search from which key a node was last settled
    best = np.zeros(nodes, dtype=np.int64)
    by, before = np.empty(nodes, dtype=np.int64), np.empty(nodes, dtype=np.int64)
    # What is in the queue: its way as metres twice, plus one when it has passed a key. Of two as long the fresh one comes first.
    keys, items = np.empty(line_of.size + 1, dtype=np.int64), np.empty(line_of.size + 1, dtype=np.int64)
    seen = np.full(nodes, -1, dtype=np.int64)
    for start in range(nodes):
        if not is_key[start]:
            continue
        size = _push(keys, items, 0, 0, start)
        seen[start], best[start] = start, 0
        fresh = 1
        while fresh > 0:
            key, node = keys[0], items[0]
            size = _pop(keys, items, size)
            is_fresh = key & 1 == 0
            if is_fresh:
                fresh -= 1
            if done[node] == start or key > best[node]:
                continue
            done[node] = start
            if is_fresh and is_key[node] and node > start:
                if count == ways.shape[1]:
                    ways = _twice(ways)
                ways[0, count], ways[1, count], ways[2, count] = start, node, used
                count += 1
                length, at = 0, node
                while at != start:
                    length += 1
                    at = before[at]
                while used + length > passed.shape[1]:
                    passed = _twice(passed)
                at = node
                for place in range(used + length - 1, used - 1, -1):
                    passed[0, place] = by[at]
                    at = before[at]
                used += length
            goes_on = node == start or (is_fresh and not is_key[node])
            for place in range(first[node], first[node + 1]):
                other = other_of[place]
                further = (key & ~1) + 2 * metres[line_of[place]] + (0 if goes_on else 1)
                if done[other] == start or (seen[other] == start and further >= best[other]):
                    continue
                seen[other], best[other] = start, further
                by[other], before[other] = line_of[place], node
                size = _push(keys, items, size, further, other)
                if goes_on:
                    fresh += 1
    return ways[:, :count], passed[0, :used]
