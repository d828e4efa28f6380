"""The checker of the fault report: it passes a good run, and each of its rules fails where its bug is."""

from dataclasses import replace

import pytest

from serai.exchange.faults import naive
from serai.exchange.faults.checker import RULES, check
from serai.exchange.faults.journal import Journal
from serai.exchange.faults.plants import PLANTS, caught
from serai.exchange.keys import Change, Use
from serai.kernel.merkle import hash_leaf, inclusion_path, root_of
from tests.far_node import FarNode
from tests.made_run import make_run


def test_good_run_breaks_no_rule() -> None:
    assert check(make_run()) == {}


@pytest.mark.parametrize("rule", list(RULES))
def test_each_rule_finds_the_bug_that_is_planted_for_it(rule: str) -> None:
    found = check(PLANTS[rule](make_run()))

    assert rule in found


def test_all_ten_planted_bugs_are_caught() -> None:
    assert list(caught(make_run()).values()) == [True] * 10


def altered(run: dict[str, Journal], code: str, **fields: object) -> dict[str, Journal]:
    return run | {code: replace(run[code], **fields)}  # type: ignore[arg-type]


def without_last(run: dict[str, Journal]) -> tuple[dict[str, Journal], tuple[str, str, int, int]]:
    """Take the last message of XB's lane back at its receiver, as if it had never arrived; return its place."""
    xa = run["XA"]
    kept = next(each for each in reversed(xa.envelopes) if not each.is_sent)
    effects = tuple(effect for effect in xa.effects if effect.id != kept.id)
    return altered(run, "XA", effects=effects), ("XA", kept.lane, kept.epoch, kept.seq)


def test_message_without_effect_is_lost_unless_it_waits() -> None:
    run, place = without_last(make_run())

    lost = check(run)["1 one effect each"]
    waiting = check(altered(run, "XB", waiting=frozenset({place})))["1 one effect each"]

    assert any("is lost" in fault for fault in lost)
    assert not any("is lost" in fault for fault in waiting)
    assert any("has a receipt and no effect" in fault for fault in waiting)


def test_message_that_was_never_numbered_waits() -> None:
    run = make_run()
    new = replace(run["XA"].issued[0], id="9" * 32, value=99)
    run = altered(run, "XA", issued=(*run["XA"].issued, new))

    assert "message 99999999999999999999999999999999 is lost" in check(run)["1 one effect each"][0]
    assert check(altered(run, "XA", unnumbered=frozenset({"9" * 32}))) == {}


def test_refused_message_is_not_lost() -> None:
    assert check(make_run(refuse=[2])) == {}


def test_effect_twice_and_effect_of_nobody_are_found() -> None:
    run = make_run()
    effects = run["XB"].effects

    twice = check(altered(run, "XB", effects=(*effects, effects[-1])))
    strange = check(altered(run, "XB", effects=(*effects, replace(effects[-1], id="8" * 32))))

    assert any("took effect 2 times" in fault for fault in twice["1 one effect each"])
    assert any("was never issued" in fault for fault in strange["1 one effect each"])


def test_effect_before_the_one_that_its_envelope_names_is_found() -> None:
    run = make_run()
    first = [effect for effect in run["XB"].effects if effect.lane == "bulk"]
    customs = [effect for effect in run["XB"].effects if effect.lane == "customs"]

    found = check(altered(run, "XB", effects=(*first, *customs)))

    assert "which it names" in found["2 in order"][0]


def test_gap_in_a_lane_is_found() -> None:
    run = make_run()
    kept = [each for each in run["XB"].envelopes if not (each.lane == "bulk" and each.seq == 3)]

    assert any(
        "without a gap" in fault for fault in check(altered(run, "XB", envelopes=tuple(kept)), most=20)["2 in order"]
    )


def test_log_that_was_cut_off_or_shown_otherwise_is_found() -> None:
    run = make_run()
    cut = altered(run, "XB", leaves=run["XB"].leaves[:-1])
    shown = altered(run, "XA", witnessed=(("XB", 1, 3, "ab" * 32),))

    assert "4 in the log" in check(cut)
    assert check(shown)["4 in the log"] == ["XB: the log at size 3 is not the one that XA saw"]


def test_key_that_was_not_valid_at_the_time_is_found() -> None:
    run = make_run()
    far = FarNode("XB", realm="training")
    far.statements = list(run["XB"].statements)
    far.state(Change(verb="end", kid="XB-1", end=1), at=1)

    ended = altered(run, "XB", statements=tuple(far.statements))

    assert any("receipt of XB" in fault for fault in check(ended)["5 valid keys"])


def test_log_epoch_that_is_over_is_not_held_against_a_restored_node() -> None:
    run = make_run()

    forgotten = altered(run, "XB", receipts=())
    restored = altered(forgotten, "XB", log_epoch=2)

    assert "6 same bytes" in check(forgotten)
    assert "6 same bytes" not in check(restored)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 9, 31, 64, 65])
def test_naive_tree_agrees_with_the_product_and_its_paths_lead_to_the_root(size: int) -> None:
    leaves = [hash_leaf(bytes([number])) for number in range(size)]
    tree = naive.Tree(leaves)

    assert tree.root() == root_of(leaves)
    for index in range(size):
        path = tree.path(index, size)
        assert len(path) == len(inclusion_path(index, size))
        assert naive.root_by_path(leaves[index], index, size, path) == tree.root()
        assert naive.root_by_path(b"x" * 32, index, size, path) != tree.root()


def test_naive_tree_of_nothing_is_the_hash_of_nothing() -> None:
    assert naive.Tree([]).root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_keys_are_read_from_their_statements() -> None:
    far = FarNode("XA", realm="training")
    start = far.keys.keys["XA-1"].start
    far.state(Change(verb="add", kid="XA-3", use=Use.SIGN, x=b"\1" * 32, start=start + 10), at=start)
    far.state(Change(verb="end", kid="XA-1", end=start + 100), at=start)
    far.state(Change(verb="revoke", kid="XA-3", since=start + 50, reason="lost"), at=start)
    known = tuple(far.statements)

    def valid(kid: str, at: int) -> bool:
        return bool(naive.key_at(known, kid, start + at))

    assert [valid("XA-1", at) for at in (-1, 0, 99, 100)] == [False, True, True, False]
    assert [valid("XA-3", at) for at in (9, 10, 49, 50)] == [False, True, True, False]
    assert [valid(kid, 0) for kid in ("XA-S1", "XA-9")] == [False, False]  # a key for sealing signs nothing
