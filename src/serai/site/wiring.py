"""Where the contexts meet: what one must tell another is a plain function registered here."""

from datetime import datetime

from django.utils.safestring import SafeString

from serai.kernel.who import View


def connect() -> None:
    """Register each part's functions with the others. Called when Django is ready, so that models may be imported."""
    from serai.exchange.handlers import register_greeting, register_type
    from serai.exchange.messages import KEYS
    from serai.exchange.note import NOTE_TYPE
    from serai.kernel.people import use_directory
    from serai.kernel.who import use_actor_of, use_confirmation
    from serai.register import messages as register
    from serai.register import publishing
    from serai.register.followup.messages import SUBMISSION
    from serai.register.followup.sharing import greet
    from serai.register.outside import register_outside
    from serai.site.accounts.actor import actor_of
    from serai.site.accounts.directory import AccountDirectory
    from serai.site.jobs import register_job

    for kind in (KEYS, NOTE_TYPE, SUBMISSION, *register.TYPES):
        register_type(kind)
    register_greeting(publishing.greet)  # first: what follows speaks of its entries
    register_greeting(greet)
    use_directory(AccountDirectory())
    use_actor_of(actor_of)
    use_confirmation(_confirm)
    register_outside("VI.7b", _published_of_corridors)
    register_job("reminders", 300, _remind)
    register_job("feeds", 900, _feed)
    register_job("sweep", 600, _sweep)


def _confirm(view: View) -> View:
    from serai.site.accounts.access import confirmed  # when a page is asked for: it takes much of allauth with it

    return confirmed(view)  # type: ignore[return-value]  # allauth speaks of a wider kind of answer


def _published_of_corridors() -> SafeString:
    from serai.corridors.performance_outside import render_outside

    return render_outside()


def _remind(now: datetime) -> None:
    from serai.register.followup.jobs import remind_silent

    remind_silent(now)


def _feed(now: datetime) -> None:
    from serai.register.followup.jobs import run_feeds

    run_feeds(now)


def _sweep(now: datetime) -> None:
    from serai.register.followup.evidence import sweep_unused
    from serai.site.accounts import throttle
    from serai.site.accounts.idempotency import sweep_answers
    from serai.site.accounts.sessions import sweep_links, sweep_sessions

    sweep_sessions(now)
    sweep_links(now)
    sweep_answers(now)
    throttle.sweep(now)
    sweep_unused(now)
