"""Why a file is not taken.

BadInput
└── UnusableFile
    ├── EmptyFile
    ├── WrongContent       the name says one kind, the content is another that is not taken
    ├── WrongEnding        the same, but the content is of a kind that is taken
    ├── UnlikeItsName      the name says a kind, and the content is nothing that is known
    ├── NotTaken           a known kind that is not taken
    ├── UnknownContent
    ├── DamagedFile
    ├── HiddenContent      something of another kind at its beginning or its end
    ├── ActivePdf
    ├── HugeImage
    ├── HasMacros
    ├── FetchesParts
    ├── LockedFile
    ├── TooManyMembers
    ├── UnpacksTooLarge
    ├── NotUtf8
    ├── ControlCharacter
    ├── FormulaCell
    ├── TooManyRows
    └── BrokenTable

The fields `content` and `kind` are names of formats, the same in every language: HTML, ZIP, EXE.
"""

from serai.kernel.errors import BadInput, gettext_noop


class UnusableFile(BadInput):
    """A file that is not taken; `name` is the one it was given under."""

    code = "unusable_file"
    template = gettext_noop("“{name}” cannot be used. Send it in another form.")


class EmptyFile(UnusableFile):
    code = "empty_file"
    template = gettext_noop("“{name}” is empty. Choose the file again, and look whether it was saved.")


class WrongContent(UnusableFile):
    code = "wrong_content"
    template = gettext_noop(
        "The file is named “{name}”, but its content is {content}. Save it as {kind} and send that."
    )


class WrongEnding(UnusableFile):
    code = "wrong_ending"
    template = gettext_noop(
        "The file is named “{name}”, but its content is {content}. Let its name end in {ending} and send it again."
    )


class UnlikeItsName(UnusableFile):
    code = "unlike_its_name"
    template = gettext_noop(
        "The file is named “{name}”, but its content is not {kind}. Save it as {kind} and send that."
    )


class NotTaken(UnusableFile):
    code = "kind_not_taken"
    template = gettext_noop(
        "“{name}” is {content}, which is not taken. Save it as one of these and send that: {kinds}."
    )


class UnknownContent(UnusableFile):
    code = "unknown_content"
    template = gettext_noop("What “{name}” is cannot be told from its content. Save it as one of these: {kinds}.")


class DamagedFile(UnusableFile):
    code = "damaged_file"
    template = gettext_noop("“{name}” is damaged or cut off: it is not whole as {kind}. Save it anew and send that.")


class HiddenContent(UnusableFile):
    code = "hidden_content"
    template = gettext_noop(
        "“{name}” has {content} before its beginning or after its end. Open it, save it anew as {kind}, and send that."
    )


class ActivePdf(UnusableFile):
    code = "active_pdf"
    template = gettext_noop(
        "“{name}” holds something that acts when it is opened, or a file inside ({found}). "
        "Print it to a new PDF and send that."
    )


class HugeImage(UnusableFile):
    code = "huge_image"
    template = gettext_noop(
        "“{name}” is {width} by {height} pixels; at most {most} a side are taken. Make it smaller and send that."
    )


class HasMacros(UnusableFile):
    code = "has_macros"
    template = gettext_noop(
        "“{name}” holds macros or programs ({found}). Save it as {kind} without macros, or as PDF, and send that."
    )


class FetchesParts(UnusableFile):
    code = "fetches_parts"
    template = gettext_noop(
        "“{name}” fetches a part of itself from elsewhere when it is opened ({found}). "
        "Save it as PDF, or without that link, and send that."
    )


class LockedFile(UnusableFile):
    code = "locked_file"
    template = gettext_noop("“{name}” is locked with a password. Save it without one and send that.")


class TooManyMembers(UnusableFile):
    code = "too_many_members"
    template = gettext_noop("“{name}” has more than {most} parts inside. Save it as PDF and send that.")


class UnpacksTooLarge(UnusableFile):
    code = "unpacks_too_large"
    template = gettext_noop("“{name}” would unpack to more than {most_mb} MB. Make it smaller and send that.")


class NotUtf8(UnusableFile):
    code = "not_utf8"
    template = gettext_noop("The text of “{name}” is not in the encoding UTF-8. Save it in UTF-8 and send that.")


class ControlCharacter(UnusableFile):
    code = "control_character"
    template = gettext_noop(
        "Line {line} of “{name}” holds a character that is no text ({character}). Remove it and send the file again."
    )


class FormulaCell(UnusableFile):
    code = "formula_cell"
    template = gettext_noop(
        "Row {row}, column {column} begins with “{sign}”: a spreadsheet would run it. "
        "Put its value there instead, and send the file again."
    )


class BrokenTable(UnusableFile):
    code = "broken_table"
    template = gettext_noop(
        "Row {row} of “{name}” cannot be read as CSV: a quotation mark is not closed, or the row is too long. "
        "Save it anew from a spreadsheet and send that."
    )


class TooManyRows(UnusableFile):
    code = "too_many_rows"
    template = gettext_noop("“{name}” has more than {most} rows, the most a spreadsheet opens. Part it and send that.")
