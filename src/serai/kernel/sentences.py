"""An error's sentence in the reader's language: where errors, which know no framework, meet the translations."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext

from serai.kernel.errors import Marked, SeraiError
from serai.kernel.languages import ENGLISH, format_date
from serai.kernel.reader import current_language


def sentence_of(error: SeraiError) -> str:
    """Return the error's sentence in the active language."""
    return gettext(error.template).format(**{name: told(value) for name, value in error.fields.items()})


def told(value: object) -> object:
    """Return a field of an error as the active language tells it."""
    if isinstance(value, SeraiError):
        return sentence_of(value)
    if isinstance(value, Mapping):
        return value.get(current_language()) or value.get(ENGLISH, "")
    if isinstance(value, date):
        return format_date(value, current_language())
    return gettext(value) if isinstance(value, Marked) else value
