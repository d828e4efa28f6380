"""JSON is read as every reader reads it, or refused in a sentence."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.kernel.safejson import DEEPEST, BadCharacter, BadJson, BadNumber, NameTwice, NotJson, TooDeep, read_json

GOOD_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | GOOD_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(GOOD_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(PLAIN)
def test_what_another_program_writes_is_read_as_it_was_meant(value: object) -> None:
    assert read_json(json.dumps(value, ensure_ascii=False).encode()) == value


def sentence_of(body: bytes) -> str:
    """Return why a body is refused; nothing when it is read. Any other error fails the test."""
    try:
        read_json(body)
    except BadJson as error:
        return str(error)
    return ""


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_a_sentence(body: bytes) -> None:
    assert sentence_of(body)[-1:] in {"", "."}


@given(st.text(alphabet='{}[]",:0123456789eE+-.NaIfinity\\u \n', max_size=60))
def test_what_looks_like_json_is_read_or_refused_in_a_sentence(text: str) -> None:
    assert sentence_of(text.encode())[-1:] in {"", "."}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b'{"a": 1, "b": {"c": 1, "c": 2}}', NameTwice),
        (b'{"a": 1, "\\u0061": 2}', NameTwice),
        (b"[NaN]", BadNumber),
        (b"[-Infinity]", BadNumber),
        (b"[1e999]", BadNumber),
        (b"[-1e999]", BadNumber),
        (b"[" + b"9" * 5000 + b"]", BadNumber),
        (b"[" * 100_000, TooDeep),
        (b'{"a":' * 5000, TooDeep),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), TooDeep),
        (b'["\\ud800"]', BadCharacter),
        (b'{"\\u0000": 1}', BadCharacter),
        (b'["\\u009f"]', BadCharacter),
        (b"", NotJson),
        (b"{", NotJson),
        (b"{'a': 1}", NotJson),
        (b"[1,]", NotJson),
        (b"[1] [2]", NotJson),
        (b'\xef\xbb\xbf{"a": 1}', NotJson),
        ('{"a": 1}'.encode("utf-16"), NotJson),
        (b'["\xff"]', NotJson),
    ],
)
def test_each_fault_has_a_sentence_of_its_own(body: bytes, error: type[BadJson]) -> None:
    with pytest.raises(BadJson) as caught:
        read_json(body)

    assert type(caught.value) is error


def test_the_place_of_a_fault_is_told() -> None:
    with pytest.raises(NotJson) as first:
        read_json(b'{\n  "a": oops\n}')
    with pytest.raises(NotJson) as second:
        read_json(b'{\n "a": "\xff"}')

    assert (first.value.fields, second.value.fields) == ({"line": 2, "column": 8}, {"line": 2, "column": 8})


def test_nesting_that_is_needed_is_allowed() -> None:
    value: object = "x"
    for _ in range(DEEPEST - 2):
        value = [value]

    assert read_json(json.dumps(value).encode()) == value


def test_tabs_and_line_ends_are_text() -> None:
    assert read_json(b'["one\\n\\ttwo\\r\\n"]') == ["one\n\ttwo\r\n"]
