"""The name under which a file is kept and handed out."""

import unicodedata
from typing import Final

from serai.kernel.filetypes import FileKind

MOST_CHARACTERS: Final = 120
_LONGEST_ENDING: Final = 10
_KEPT_SIGNS: Final = frozenset(" .-_()")
_UNSEEN: Final = ("C", "Zl", "Zp")  # controls, formats (some turn the direction of writing), what is no character


def clean_name(name: str, kind: FileKind | None = None) -> str:
    r"""Return a name that is safe on any machine and, when the kind is known, has its ending.

    >>> clean_name("../отчёт: 2026 (1).PDF", FileKind.PDF), clean_name(r"C:\temp\报告", FileKind.DOCX)
    ('отчёт_ 2026 (1).PDF', '报告.docx')
    >>> clean_name("invoice\u202efdp.exe", FileKind.PDF), clean_name("", FileKind.CSV)
    ('invoicefdp.exe.pdf', 'file.csv')
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rstrip("/").rpartition("/")[2]
    kept = _trim(" ".join("".join(map(_clean, last)).split()))
    stem, ending = _split(kept, kind)
    return (_trim(stem[: MOST_CHARACTERS - len(ending)]) or "file") + ending


def _clean(sign: str) -> str:
    """Return the sign if it is kept, nothing for one that is not seen, and a line for any other."""
    category = unicodedata.category(sign)
    if category[0] in "LM" or category == "Nd" or sign in _KEPT_SIGNS:
        return sign
    if category == "Zs":
        return " "
    return "" if category.startswith(_UNSEEN) else "_"


def _trim(name: str) -> str:
    """Take off what hides a file on some machines, or is lost on others."""
    return name.strip(" .")


def _split(name: str, kind: FileKind | None) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    if kind is None:
        return (stem, dot + ending) if stem and len(ending) <= _LONGEST_ENDING else (name, "")
    return (stem, dot + ending) if (dot + ending).lower() in kind.endings else (name, kind.endings[0])
