"""Several workers on one node, and workers that die: what each mail's reader gets."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.integration.conftest import _START, RunTogether
from tests.integration.notices.mail_server import MailServer
from tests.integration.notices.programs import PEOPLE, TELL
from tests.running import environment_of

_SEND = f"""{PEOPLE}
from serai.site.notices.sender import send_due
print(send_due(now))
"""
_SEND_LATER = f"""{PEOPLE}
from serai.site.notices.sender import send_due
print(send_due(now + timedelta(minutes=3)))
"""


def test_two_workers_at_once_send_each_mail_once(run_together: RunTogether, outside: MailServer) -> None:
    run_together(TELL)

    said = run_together(_SEND, _SEND, _SEND)

    subjects = [mail["Subject"] for mail in outside.mails]
    assert sorted(subjects) == sorted([*(f"Serai: Number {n}" for n in range(20)), "Serai: 20 new notices"])
    assert sum(map(int, said)) == 21


def test_a_worker_killed_after_sending_is_followed_by_the_same_mail(
    run_together: RunTogether, outside: MailServer, tmp_path: Path
) -> None:
    run_together(TELL)
    worker = subprocess.Popen([sys.executable, "-c", _START + _SEND], env=environment_of(tmp_path / "node"))
    outside.on_mail = lambda: os.kill(worker.pid, signal.SIGKILL)  # the mail is in, and nobody was told so
    worker.wait(60)
    outside.on_mail = lambda: None

    at_once = run_together(_SEND)
    later = run_together(_SEND_LATER)

    assert worker.returncode == -signal.SIGKILL
    assert (at_once, later) == (["20\n"], ["1\n"])  # the rest at once; the one that was claimed after its lease
    first, last = outside.mails[0], outside.mails[-1]
    assert first["Message-ID"] == last["Message-ID"]
    assert first.get_content() == last.get_content()
    assert len({mail["Message-ID"] for mail in outside.mails}) == 21
