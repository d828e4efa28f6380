"""Django's entry for the register."""

from django.apps import AppConfig


class RegisterConfig(AppConfig):
    name = "serai.register"
    label = "register"
    default_auto_field = "django.db.models.BigAutoField"
