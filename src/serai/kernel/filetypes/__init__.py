"""What a file is, by its bytes and never by its name alone; and whether it is safe to keep and hand on.

Seven kinds are taken; anything else is refused with a sentence. Nothing here opens, draws or runs a file: the checks
look at signatures, directories and names inside it, in one pass over a stream that memory need not hold.

What they cannot see: what is inside compressed object streams of a PDF, formulas and queries inside a workbook, what
an OLE object inside a document is, and whether what a file says is true.

    kinds.py    the seven kinds: names, endings, media types
    sniff.py    the way in: `sniff` tells the kind, compares it with the name, then has the kind checked
    given.py    the file as the checks see it
    text.py     plain text; markup and scripts in disguise
    table.py    CSV
    pdf.py  image.py  office.py
    errors.py
"""

from serai.kernel.filetypes.errors import UnusableFile
from serai.kernel.filetypes.kinds import FileKind
from serai.kernel.filetypes.sniff import sniff

__all__ = ["FileKind", "UnusableFile", "sniff"]
