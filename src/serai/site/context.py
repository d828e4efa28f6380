"""What every page's frame needs: node, realm, languages with the same page's address in each."""

from django.http import HttpRequest
def frame(request: HttpRequest) -> dict[str, object]:
    return {}
