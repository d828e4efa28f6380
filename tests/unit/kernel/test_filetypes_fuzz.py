"""Whatever the bytes are, they get a kind or a sentence, soon and in little memory."""

import io
import random
import time
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from serai.kernel.filetypes import FileKind, UnusableFile, sniff
from tests.sample_files import GOOD, make_docx, make_jpeg, make_pdf, make_png

NAMES = st.sampled_from(["a", "a.csv", "a.txt", "a.html", *(f"a{kind.endings[0]}" for kind in FileKind)])
SAMPLES = st.sampled_from(
    [*GOOD.values(), make_png(5, 5, (b"tEXt", b"a\0b")), make_jpeg(comment=b"a" * 70), make_docx({"a.rels": b"<a/>"})]
)
STARTS = st.sampled_from(
    [
        b"%PDF-1.7\n",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"PK\x03\x04",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"<",
        b"sep=",
    ]
)


def outcome(data: bytes, name: str) -> str:
    """Return the kind or the sentence of the refusal; anything else that is raised fails the test."""
    try:
        return sniff(io.BytesIO(data), name=name).value
    except UnusableFile as refused:
        return str(refused)


@given(st.binary(max_size=3000), NAMES)
def test_any_bytes_get_an_answer(data: bytes, name: str) -> None:
    assert outcome(data, name)


@given(STARTS, st.binary(max_size=2000), NAMES)
def test_any_bytes_after_a_known_beginning_get_an_answer(start: bytes, rest: bytes, name: str) -> None:
    assert outcome(start + rest, name)


@given(st.text(max_size=2000), NAMES)
@example("sep=\t\na", "a.csv")
@example("sep=\0\na", "a.csv")
@example('sep="\na', "a.csv")
@example("sep= \na", "a.csv")
def test_any_text_gets_an_answer(text: str, name: str) -> None:
    assert outcome(text.encode("utf-8", "surrogatepass"), name)


@given(SAMPLES, st.floats(0, 1), NAMES)
def test_a_sample_cut_anywhere_gets_an_answer(sample: bytes, part: float, name: str) -> None:
    assert outcome(sample[: int(len(sample) * part)], name)


@given(SAMPLES, st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), max_size=8), NAMES)
def test_a_sample_overwritten_anywhere_gets_an_answer(
    sample: bytes, changes: list[tuple[float, bytes]], name: str
) -> None:
    data = bytearray(sample)
    for part, change in changes:
        place = int(part * len(data))
        data[place : place + len(change)] = change

    assert outcome(bytes(data), name)


@given(SAMPLES, SAMPLES, st.floats(0, 1), st.floats(0, 1), NAMES)
def test_two_samples_spliced_get_an_answer(first: bytes, second: bytes, cut: float, begin: float, name: str) -> None:
    assert outcome(first[: int(cut * len(first))] + second[int(begin * len(second)) :], name)


SLOW = [
    (make_pdf(random.Random(1).randbytes(20 * 2**20)), "a.pdf"),
    (make_pdf(b"#41" * 6_600_000), "a.pdf"),
    (b"\x89PNG\r\n\x1a\n" + b"\0\0\0\0tEXt\0\0\0\0" * 1_700_000, "a.png"),
    (b"\xff\xd8" + b"\xff\xe0\0\x02" * 5_000_000, "a.jpg"),
    (b"\xff\xd8" + b"\xff" * 20_000_000, "a.jpg"),
    (b"PK\x03\x04" + b"PK\x01\x02" * 5_000_000, "a.docx"),
    (make_docx({"_rels/a.rels": b"<a>" + b"<Relationship/>" * 200_000 + b"</a>"}), "a.docx"),
    (b"x <a " * 4_000_000, "a.txt"),
    (b"x <a on" + b"a" * 20_000_000, "a.txt"),
    (b"x <a" + b" on" * 6_600_000, "a.txt"),
    (b"/* " + b" " * 20_000_000, "a.txt"),
    ((b"-5;" * 300_000 + b",\t\n") * 20, "a.csv"),
    (b"-5,;\t\n" * 1_000_000, "a.csv"),
    ((b"-" + b"1 " * 60_000 + b"x,;\n") * 100, "a.csv"),
]


@pytest.mark.parametrize(("data", "name"), SLOW, ids=lambda value: repr(value[:12]))
def test_a_file_made_to_be_slow_is_answered_soon_in_little_memory(data: bytes, name: str) -> None:
    started = time.process_time()
    outcome(data, name)
    used = time.process_time() - started
    tracemalloc.start()
    outcome(data[: 2**20], name)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert used < 15  # some take a second where nothing else runs
    assert most < 24 * 2**20
