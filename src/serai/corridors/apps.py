"""Django's entry for the corridors."""

from django.apps import AppConfig


class CorridorsConfig(AppConfig):
    name = "serai.corridors"
    label = "corridors"
