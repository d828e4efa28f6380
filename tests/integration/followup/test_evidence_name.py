"""Names of files: words of any language, no paths, nothing unseen, the right ending."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serai.kernel.filetypes import FileKind
from serai.register.followup.evidence_name import clean_name

KINDS = st.sampled_from(list(FileKind))


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("report.pdf", "report.pdf"),
        ("Отчёт за I полугодие (2).PDF", "Отчёт за I полугодие (2).PDF"),
        ("年度报告.pdf", "年度报告.pdf"),
        ("تقرير.pdf", "تقرير.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\a\\report.pdf", "report.pdf"),
        ("a/b/", "b.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("report.exe", "report.exe.pdf"),
        ("report.pdf.", "report.pdf"),
        ("re\u202eport\u2066\u200b.pdf", "report.pdf"),
        ("re\r\nport\x00\x1b[1m.pdf", "report_1m.pdf"),
        ('a"b;c<d>e&f.pdf', "a_b_c_d_e_f.pdf"),
        ("a \u00a0\u3000 b.pdf", "a b.pdf"),
        ("й.pdf", "й.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        (".pdf", "pdf.pdf"),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_safe(given_name: str, kept: str) -> None:
    assert clean_name(given_name, FileKind.PDF) == kept


def test_a_long_name_keeps_its_ending() -> None:
    assert clean_name("a" * 300 + ".JPEG", FileKind.JPEG) == "a" * 115 + ".JPEG"
    assert clean_name("a" * 300 + ".csv") == "a" * 116 + ".csv"


@given(st.text(max_size=300), KINDS)
def test_any_name_becomes_a_safe_one(name: str, kind: FileKind) -> None:
    kept = clean_name(name, kind)

    assert kept.lower().endswith(kind.endings)
    assert len(kept) <= 120
    assert not set(kept) & set("/\\:*?\"<>|'&;%\r\n\0")
    assert all(unicodedata.category(sign)[0] != "C" for sign in kept)
    assert kept[0] not in " ."
    assert clean_name(kept, kind) == kept
