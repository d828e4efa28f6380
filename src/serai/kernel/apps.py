"""Django's entry for the kernel's tables."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "serai.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from serai.kernel import audit, log  # noqa: PLC0415  # models may be imported only now

        log.register_kind(audit.KIND, audit.rehash)
