"""The language of the reader whose request is being answered."""

from django.utils.translation import get_language

from serai.kernel.languages import ENGLISH, known


def current_language() -> str:
    """Return the reader's language, always one of ours."""
    return known(get_language() or ENGLISH)
