"""PDF: whole, and without names that make a reader act.

The bytes of the file are searched, with names written in hexadecimal read as what they are. Objects inside compressed
streams cannot be seen this way: a PDF that passes may still hold a script there, and is only ever handed out inert.
"""

import re
from typing import Final

from serai.kernel.filetypes.errors import ActivePdf, DamagedFile
from serai.kernel.filetypes.given import Given

_END_WITHIN: Final = 4096
_OVERLAP: Final = 512
_BLANK: Final = rb"[\0\t\n\f\r ]"
_PLAIN: Final = rb"[\t\n\f\r -~]"
_NAMES: Final = (b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"Rendition", b"XFA")
_LETTERS: Final = sorted(set(b"".join(_NAMES)))
_ACTIVE: Final = re.compile(
    rb"/(" + b"|".join(_NAMES) + rb")(?=[\0\t\n\f\r ()<>\[\]{}/%]|$)"
    # Three letters occur by chance in pictures; a script's name stands among text and before a value.
    rb"|(?<=" + _PLAIN + rb"{4})/(JS)" + _BLANK + rb"{0,8}(?:[(<%]|\d{1,10}" + _BLANK + rb")" + _PLAIN + rb"{3}"
)


def check_pdf(given: Given) -> None:
    """Raise ActivePdf for scripts, programs to start and files inside; DamagedFile for one without its end."""
    if b"%%EOF" not in given.tail(_END_WITHIN):
        raise DamagedFile(name=given.name, kind="PDF")
    for window in given.windows(_OVERLAP):
        if found := _ACTIVE.search(_write_out(window)):
            raise ActivePdf(name=given.name, found=f"/{(found[1] or found[2]).decode('ascii')}")


def _write_out(window: bytes) -> bytes:
    """Replace the letters that matter, where a name has them in hexadecimal (ISO 32000-2, 7.3.5)."""
    if b"#" not in window:
        return window
    for letter in _LETTERS:
        for code in {b"#%02x" % letter, b"#%02X" % letter}:
            window = window.replace(code, bytes([letter]))
    return window
