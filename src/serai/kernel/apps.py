"""Django's entry for the kernel's tables."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "serai.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"
