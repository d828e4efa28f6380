"""What every page's frame needs: the node and its realm, the languages, and as of when the page is true."""

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from serai.kernel import clock
from serai.kernel.countries import NAMES
from serai.kernel.languages import LANGUAGES, OWN_NAMES
from serai.kernel.reader import current_language
from serai.site.home import Realm


def frame(_request: HttpRequest) -> dict[str, object]:
    """Return the variables of `site/base.html`."""
    language = current_language()
    code = settings.IDENTITY.code
    return {
        "language": language,
        "languages": [(code, OWN_NAMES[code]) for code in LANGUAGES],
        "node_code": code,
        "node_name": NAMES[language].get(code, code),
        "is_training": settings.IDENTITY.realm is Realm.TRAINING,
        "as_of": clock.now(),
        "register_url": reverse("register:entries"),
    }
