"""Django's entry for the site."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "serai.site"
    label = "site"

    def ready(self) -> None:
        from serai.register.labels import read_all
        from serai.site import wiring

        wiring.connect()
        read_all()  # before processes fork, so that the first reader does not wait for it
