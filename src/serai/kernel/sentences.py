"""An error's sentence in the reader's language: where errors, which know no framework, meet the translations."""

from django.utils.translation import gettext

from serai.kernel.errors import Marked, SeraiError


def sentence_of(error: SeraiError) -> str:
    """Return the error's sentence in the active language, its marked phrases and inner errors too."""
    return gettext(error.template).format(**{name: _told(value) for name, value in error.fields.items()})


def _told(value: object) -> object:
    if isinstance(value, SeraiError):
        return sentence_of(value)
    return gettext(value) if isinstance(value, Marked) else value
