"""Whatever happens to the bytes of a catalogue file, reading it works or says what is wrong; nothing else is raised."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serai.register.catalogue import ENTRIES, FILES, read_catalogue
from serai.register.errors import BrokenCatalogue
from serai.register.proof import prove

TOKENS = [
    b"\0",
    b"\t",
    b"\n",
    b"\n\n",
    b" ",
    b"- ",
    b": ",
    b"? ",
    b"{",
    b"}",
    b"[",
    b"]",
    b"'",
    b'"',
    b"#",
    b"|",
    b">",
    b"%",
]
TOKENS += [
    b"&a ",
    b"*a",
    b"!!int ",
    b"!!set ",
    b"!!binary ",
    b"0x_",
    b"1:1",
    b".inf",
    b"~",
    b"<<: ",
    b"---\n",
    b"\xff",
    b"\xe2\x80\xa8",
    b"null",
    b"9" * 5000,
]


def test_the_small_catalogue_has_the_right_form(small: Path) -> None:
    assert len(read_catalogue(small).entries) == 3


@settings(max_examples=100)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(small: Path, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    file = small / name
    whole = file.read_bytes()
    at = data.draw(st.integers(0, len(whole)))
    cut = data.draw(st.integers(0, 40))
    put = data.draw(st.lists(st.sampled_from(TOKENS) | st.binary(max_size=3), max_size=3))

    try:
        file.write_bytes(whole[:at] + b"".join(put) + whole[at + cut :])
        problems = prove(read_catalogue(small))
    except BrokenCatalogue as error:
        problems = error.problems
    finally:
        file.write_bytes(whole)

    assert problems  # three entries of 230: the counts alone cannot hold
    assert all(problem.file in FILES and problem.item and problem.field and problem.reason for problem in problems)


@settings(max_examples=40)
@given(junk=st.binary(max_size=60))
def test_bytes_that_are_no_catalogue_are_refused(small: Path, junk: bytes) -> None:
    file = small / ENTRIES
    whole = file.read_bytes()

    try:
        file.write_bytes(junk)
        with pytest.raises(BrokenCatalogue) as caught:
            read_catalogue(small)
    finally:
        file.write_bytes(whole)

    assert caught.value.problems[0].file == ENTRIES
