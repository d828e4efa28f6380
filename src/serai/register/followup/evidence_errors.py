"""Errors of evidence files. Why a content is not taken is told by kernel/filetypes/errors.py, a tree of its own.

BadInput
├── KeptFileGone
├── TooManyFiles
├── TooLarge
│   ├── FileTooLarge
│   └── FormTooLarge
NotFound
└── NoSuchEvidence
TooManyRequests
└── TooManyDownloads
NodeFault
└── DamagedEvidence
"""

from serai.kernel.errors import BadInput, NodeFault, NotFound, TooLarge, TooManyRequests, gettext_noop


class KeptFileGone(BadInput):
    """One sentence for a token that is too old, false, or another account's."""

    code = "kept_file_gone"
    template = gettext_noop("A file that you sent before is no longer kept for this form. Choose it again.")


class TooManyFiles(BadInput):
    code = "too_many_files"
    template = gettext_noop("{count} files were sent; at most {most} are taken. All are kept for now: leave some out.")


class FileTooLarge(TooLarge):
    code = "file_too_large"
    template = gettext_noop(
        "“{name}” is larger than {limit_mb} MB, the most that a file may have. "
        "Send a smaller one, or give a link to where it is published."
    )


class FormTooLarge(TooLarge):
    code = "form_too_large"
    template = gettext_noop(
        "What you sent is larger than {limit_mb} MB, the most that is taken at once; nothing of it was kept. "
        "Send smaller files, or fewer, or give a link to where they are published."
    )


class NoSuchEvidence(NotFound):
    """The same for what does not exist and for what may not be seen."""

    code = "no_such_evidence"
    template = gettext_noop("There is no file at this address that you may see. Check it, or sign in first.")


class TooManyDownloads(TooManyRequests):
    code = "too_many_downloads"
    template = gettext_noop("Too many files are being fetched at once. Try again in {retry_after_s} seconds.")


class DamagedEvidence(NodeFault):
    code = "damaged_evidence"
    template = gettext_noop(
        "The file with the hash {sha256} is not what was stored here. Tell the node’s operator, and do not use it."
    )
