"""The worker: whatever mails and jobs do, audit rows are sealed within two seconds."""

from tests.integration.conftest import RunTogether
from tests.integration.notices.mail_server import MailServer
from tests.integration.notices.programs import PEOPLE, TELL

_WORK = f"""{PEOPLE}
import logging, threading, time
from django.conf import settings
from django.db import connection, transaction
from serai.kernel import audit
from serai.kernel.models import AuditPending, Notice
from serai.kernel.roles import Actor
from serai.site.jobs import register_job
from serai.site.worker import Worker
logging.getLogger().addHandler(logging.NullHandler())
settings.EMAIL_TIMEOUT = 3
begun = threading.Event()
def hang(now):
    begun.set()
    time.sleep(4)
register_job("hangs", 60, hang)
worker, waits = Worker(), []
def watch():
    begun.wait(10)
    while not Notice.objects.exclude(claim="").exists():  # the mail thread is at the silent server
        time.sleep(0.02)
    for number in range(2):
        with transaction.atomic():
            audit.record("test:thing:do", subject=f"{{number}}", actor=Actor.system("tests"))
        started = time.monotonic()
        while AuditPending.objects.exists():
            time.sleep(0.02)
        waits.append(time.monotonic() - started)
    connection.close()
    worker.stop()
threading.Thread(target=watch).start()
started = time.monotonic()
worker.run()
print(max(waits) < 2, time.monotonic() - started < 20)
"""
_ONCE = f"""{PEOPLE}
import logging
from serai.kernel.models import AuditPending
from serai.site.jobs import register_job
from serai.site.worker import Worker
logging.getLogger().addHandler(logging.NullHandler())
register_job("breaks", 60, lambda now: 1 / 0)
register_job("tells", 60, lambda now: print("job done"))
Worker().turn()
print(AuditPending.objects.count())
"""


def test_a_silent_mail_server_and_a_job_that_hangs_do_not_delay_sealing(
    run_together: RunTogether, outside: MailServer
) -> None:
    run_together(TELL)
    outside.is_silent = True

    (said,) = run_together(_WORK)

    assert said == "True True\n"


def test_one_turn_does_jobs_mails_and_sealing_though_one_of_them_fails(
    run_together: RunTogether, outside: MailServer
) -> None:
    run_together(TELL)

    (said,) = run_together(_ONCE)

    assert said == "job done\n0\n"
    assert len(outside.mails) == 21
