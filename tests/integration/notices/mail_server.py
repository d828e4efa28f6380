"""A small mail server on this machine: takes mails, refuses them, or keeps silent, as a test wishes."""

import socketserver
import threading
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Self


class MailServer:
    """Speaks as much SMTP as is needed to be handed a mail."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refused: set[str] = set()  # addresses
        self.is_silent = False
        self.on_mail: Callable[[], object] = lambda: None  # called when a mail is in, before the sender is told so
        self._awake = threading.Event()
        outer = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer._talk(self.rfile, self.wfile)

        self._tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self._tcp.daemon_threads = True

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._tcp.server_address[:2]
        return str(host), int(port)

    def __enter__(self) -> Self:
        threading.Thread(target=self._tcp.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._awake.set()
        self._tcp.shutdown()
        self._tcp.server_close()

    def _talk(self, given: Any, answer: Any) -> None:
        if self.is_silent:
            self._awake.wait()
            return
        answer.write(b"220 test\r\n")
        while line := given.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                answer.write(b"354 go on\r\n")
                self._take(given)
                answer.write(b"250 taken\r\n")
            elif word == b"RCPT" and any(address.encode() in line for address in self.refused):
                answer.write(b"550 5.1.1 no such person\r\n")
            else:
                answer.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")

    def _take(self, given: Any) -> None:
        lines = []
        while (line := given.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b".") else line)
        self.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.on_mail()
