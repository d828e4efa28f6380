"""Django's entry for the site."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "serai.site"
    label = "site"

    def ready(self) -> None:
        from serai.site import wiring

        wiring.connect()
