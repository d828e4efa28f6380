"""One prints, one waits, the rest are told to come back."""

import threading
import time

import pytest

from serai.site.printing.errors import PrinterBusy
from serai.site.printing.turns import Turns


class Holder(threading.Thread):
    """Takes the turn and keeps it until told."""

    def __init__(self, turns: Turns) -> None:
        super().__init__(daemon=True)
        self.turns = turns
        self.has_it, self.may_go = threading.Event(), threading.Event()
        self.start()

    def run(self) -> None:
        with self.turns.take():
            self.has_it.set()
            self.may_go.wait(10)


def test_one_after_the_other_is_never_refused() -> None:
    turns = Turns(most_waiting=0, wait_s=0)

    for _ in range(3):
        with turns.take():
            pass


def test_who_waits_gets_the_turn_when_it_is_free() -> None:
    turns = Turns(most_waiting=1, wait_s=10)
    first = Holder(turns)
    assert first.has_it.wait(10)
    second = Holder(turns)
    assert not second.has_it.wait(0.1)

    first.may_go.set()

    assert second.has_it.wait(10)
    second.may_go.set()


def test_who_finds_the_line_full_is_refused_at_once() -> None:
    turns = Turns(most_waiting=1, wait_s=10)
    first, second = Holder(turns), Holder(turns)
    assert first.has_it.wait(10) or second.has_it.wait(10)
    until_both_stand(turns)
    started = time.monotonic()

    with pytest.raises(PrinterBusy) as refused, turns.take():
        pass

    assert time.monotonic() - started < 1
    assert refused.value.fields == {"retry_after_s": 10}
    for holder in (first, second):
        holder.may_go.set()


def until_both_stand(turns: Turns) -> None:
    """Wait until the line has no place left."""
    deadline = time.monotonic() + 10
    while turns._line._value:  # type: ignore[attr-defined]  # a semaphore tells its count to nobody
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_who_waited_long_enough_is_told_to_come_back() -> None:
    turns = Turns(most_waiting=1, wait_s=0.05)
    first = Holder(turns)
    assert first.has_it.wait(10)

    with pytest.raises(PrinterBusy), turns.take():
        pass

    first.may_go.set()


def test_the_turn_is_free_again_after_an_error() -> None:
    turns = Turns(most_waiting=0, wait_s=0)

    with pytest.raises(ZeroDivisionError), turns.take():
        raise ZeroDivisionError

    with turns.take():
        pass
