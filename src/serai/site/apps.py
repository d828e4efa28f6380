"""Django's entry for the site."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "serai.site"
    label = "site"

    def ready(self) -> None:
        from serai.kernel.parts import import_part

        import_part("django.test", "signals")  # ninja wants one name of it; the package brings unittest and 3 MB
        from serai.register.labels import read_all
        from serai.site import wiring

        wiring.connect()
        read_all()  # before processes fork, so that the first reader does not wait for it
