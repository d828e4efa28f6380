"""The exchange as a Django application."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "serai.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from serai.exchange.archive import rehash_envelopes, rehash_receipts  # noqa: PLC0415  # models may be imported only now
        from serai.kernel import log  # noqa: PLC0415

        log.register_kind("sent", rehash_envelopes)
        log.register_kind("received", rehash_envelopes)
        log.register_kind("receipt", rehash_receipts)
