"""What every printed page says around its matter, in the reader's language: realm, node, day, pages, disclaimer."""

from django.conf import settings
from django.utils.translation import gettext as _

from serai.kernel import clock
from serai.kernel.countries import NAMES
from serai.kernel.languages import format_date
from serai.register.queries import get_version
from serai.site.home import Realm

Row = dict[str, object]


def frame_words(language: str) -> Row:
    """Return the words of the frame in the active language, which must be this one."""
    day, code = clock.today(), settings.IDENTITY.code
    node = NAMES[language].get(code, code)
    version = get_version()
    foot = [node, _("Shown as of %(day)s (UTC)") % {"day": format_date(day, language)}]
    foot += [_("catalogue version %(n)s") % {"n": version.number}] if version else []
    is_training = settings.IDENTITY.realm is Realm.TRAINING
    return {
        "created": day.isoformat(),
        "author": node,
        "brand": "Serai",
        "foot": " · ".join(foot),
        "page": _page_words(),
        "realm_note": _("Training node, for practice only: events and figures here may be simulated.")
        if is_training
        else "",
        "disclaimer": _(
            "Serai reports what the parties declared. It endorses and disputes nothing, and ranks no state. "
            "States are listed in the alphabetical order of the page’s language."
        ),
    }


def _page_words() -> list[str]:
    """Return what stands before the page's number, between it and the number of pages, and after."""
    before, _mark, rest = (_("Page %(page)s of %(pages)s") % {"page": "\0", "pages": "\1"}).partition("\0")
    between, _mark, after = rest.partition("\1")
    return [before, between, after]


def fact(label: str, text: str, *, lang: str | None = None, link: str = "") -> Row:
    """Return one name and value; `lang` when the value is in another language than the page."""
    return {"label": label, "text": text, "lang": lang, "link": link}
