"""JSON as programs send it, read so that nothing in it has two meanings and nothing breaks what keeps it. Pure.

BadInput
└── BadJson
    ├── NotJson         it cannot be read at all
    ├── NameTwice       two values for one name: readers differ on which counts
    ├── BadNumber       NaN, Infinity, or more digits than any figure has
    ├── TooDeep         nested without end
    └── BadCharacter    a character that no store keeps
"""

import json
import re
from collections.abc import Sequence
from typing import Final, NoReturn

from serai.kernel.errors import BadInput, gettext_noop

DEEPEST: Final = 16
_MOST_DIGITS: Final = 30
# Controls but for tab and line ends, and halves of a surrogate pair, which are no characters at all.
_NO_TEXT: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


class BadJson(BadInput):
    code = "bad_json"


class NotJson(BadJson):
    code = "not_json"
    template = gettext_noop(
        "The body is not JSON in UTF-8; reading stopped at line {line}, column {column}. Mend it, then send it again."
    )


class NameTwice(BadJson):
    code = "name_twice"
    template = gettext_noop("The name “{name}” stands twice in one object of the body. Send it once.")


class BadNumber(BadJson):
    code = "bad_number"
    template = gettext_noop(
        "“{given}” in the body is no number that can be used. Send figures as text, such as “12.5”."
    )


class TooDeep(BadJson):
    code = "too_deep"
    template = gettext_noop("The body is nested more than {most} levels deep. Nothing here is; send it flat.")


class BadCharacter(BadJson):
    code = "bad_character"
    template = gettext_noop("A text in the body has the character {character}, which cannot be kept. Take it out.")


def read_json(body: bytes) -> object:
    """Return what a body says; raise BadJson.

    >>> read_json(b'{"value": "12.5", "about": 3}')
    {'value': '12.5', 'about': 3}
    >>> read_json(b'{"value": "1", "value": "2"}')
    Traceback (most recent call last):
    serai.kernel.safejson.NameTwice: The name “value” stands twice in one object of the body. Send it once.
    >>> read_json(b'{"value": NaN}')
    Traceback (most recent call last):
    serai.kernel.safejson.BadNumber: “NaN” in the body is no number that can be used. Send figures as text, such as “12.5”.
    """
    try:
        text = body.decode()
        found = _decoder.decode(text)
    except UnicodeDecodeError as error:
        before = body[: error.start]
        column = error.start - (before.rfind(b"\n") + 1) + 1
        raise NotJson(line=before.count(b"\n") + 1, column=column) from None
    except json.JSONDecodeError as error:
        raise NotJson(line=error.lineno, column=error.colno) from None
    except RecursionError:
        raise TooDeep(most=DEEPEST) from None
    if not _is_plain(text):
        _check(found)
    return found


def _is_plain(text: str) -> bool:
    """Whether it can be seen at a glance that nothing in it is too deep or no text: most of what programs send is such."""
    return text.count("[") + text.count("{") <= DEEPEST and "\\u" not in text and text.isprintable()


def _read_object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NameTwice(name=_NO_TEXT.sub("\ufffd", twice[:40]))
    return found


def _refuse_number(text: str) -> NoReturn:
    raise BadNumber(given=text[:40])


def _read_float(text: str) -> float:
    found = float(text)
    return found if abs(found) < float("inf") else _refuse_number(text)


def _read_int(text: str) -> int:
    return int(text) if len(text) <= _MOST_DIGITS else _refuse_number(text)


_decoder: Final = json.JSONDecoder(  # made once: to make one costs as much as to read a short text
    object_pairs_hook=_read_object, parse_constant=_refuse_number, parse_float=_read_float, parse_int=_read_int
)


def _check(found: object) -> None:
    """Walk through all of it, without recursion, since the depth is the sender's."""
    left = [(found, 1)]
    while left:
        value, depth = left.pop()
        if depth > DEEPEST:
            raise TooDeep(most=DEEPEST)
        if isinstance(value, str):
            _check_text(value)
        elif isinstance(value, dict):
            for name, inner in value.items():
                _check_text(name)
                left.append((inner, depth + 1))
        elif isinstance(value, list):
            left += [(inner, depth + 1) for inner in value]


def _check_text(text: str) -> None:
    if match := _NO_TEXT.search(text):
        raise BadCharacter(character=f"U+{ord(match[0]):04X}")
