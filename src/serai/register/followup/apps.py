"""Django's entry for follow-up."""

from django.apps import AppConfig


class FollowUpConfig(AppConfig):
    name = "serai.register.followup"
    label = "followup"
    default_auto_field = "django.db.models.BigAutoField"
