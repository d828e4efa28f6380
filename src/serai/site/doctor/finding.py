"""What a check says: one sentence, good or not. A check returns what is well, and raises Unfit for what is not, Caution between."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from serai.kernel.errors import NodeFault, SeraiError

Check = Callable[[], str]
SET_UP: Final = "serai node run --setup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The outcome of one check."""

    check: str
    is_good: bool
    sentence: str
    is_caution: bool = False  # nothing is wrong, but somebody should know or decide


class Unfit(NodeFault):
    """Something is wrong; the sentence says what, and what to do."""

    code = "unfit"
    template = "{sentence}"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence=sentence)


class Caution(NodeFault):
    """The node may go on so, but its operator should know; the sentence says why, and what to do."""

    code = "caution"
    template = "{sentence}"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence=sentence)


def try_check(name: str, check: Check) -> Finding:
    """Run a check; whatever it fails on becomes its finding."""
    try:
        return Finding(check=name, is_good=True, sentence=check())
    except Caution as caution:
        return Finding(check=name, is_good=True, sentence=str(caution), is_caution=True)
    except SeraiError as fault:
        return Finding(check=name, is_good=False, sentence=str(fault))
    except Exception as fault:  # noqa: BLE001  # on a broken node anything may fail, and that is what is asked for
        sentence = (
            f"This could not be examined: {first_line(fault)}. Mend what else is found wrong, then examine again."
        )
        return Finding(check=name, is_good=False, sentence=sentence)


def first_line(fault: BaseException) -> str:
    """Return a fault as one line without its full stop."""
    text = str(fault).strip().partition("\n")[0].rstrip(".")
    return f"{type(fault).__name__}: {text}" if text else type(fault).__name__
