"""What CAREC published of all its corridors together, as a part of another page: an outside check, of no state."""

from typing import Final
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from serai.corridors.performance import MEMBERS, REGION, Choice, Indicator, Scope, shipped
from serai.corridors.performance_present import make_sections
from serai.kernel.countries import STATES
from serai.kernel.reader import current_language

_SHOWN: Final = (Indicator.SPEED_WITH_DELAY, Indicator.BORDER_TIME)


def render_outside() -> SafeString:
    """Return speed with delay and time at borders in the reader's language."""
    parts = []
    for indicator in _SHOWN:
        choice = Choice(indicator=indicator, scope=Scope.REGION, place=REGION)
        query = urlencode({"indicator": indicator, "scope": Scope.REGION})
        parts += [(section, query) for section in make_sections(shipped(), choice, current_language())]
    context = {"parts": parts, "members": len(MEMBERS), "others": len(MEMBERS.difference(STATES))}
    return render_to_string("corridors/performance_outside.html", context)
