"""Say no to a content in the words that fit the name it came under."""

from typing import NoReturn

from serai.kernel.filetypes.errors import NotTaken, UnknownContent, UnlikeItsName, WrongContent, WrongEnding
from serai.kernel.filetypes.given import Given
from serai.kernel.filetypes.kinds import TAKEN, FileKind


def refuse_content(given: Given, found: str) -> NoReturn:
    """Refuse a format that is not taken; `found` is its name, empty when it could not be told."""
    claimed = given.claimed
    if claimed is None:
        raise NotTaken(name=given.name, content=found, kinds=TAKEN) if found else _unknown(given)
    if not found:
        raise UnlikeItsName(name=given.name, kind=claimed.value)
    raise WrongContent(name=given.name, content=found, kind=claimed.value)


def refuse_name(given: Given, found: FileKind) -> NoReturn:
    """Refuse a name that claims another kind than the content is; a text is hardly what was meant."""
    if found is FileKind.TXT:
        refuse_content(given, found.value)
    raise WrongEnding(name=given.name, content=found.value, ending=found.endings[0])


def _unknown(given: Given) -> UnknownContent:
    return UnknownContent(name=given.name, kinds=TAKEN)
