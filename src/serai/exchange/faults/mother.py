"""The harness's side of a node's first process: see zygote.py."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from serai.exchange.faults.waiting import TrialFailed


class Mother:
    """Forks a node, and whatever is done inside it, on demand. What it complains of goes to a file."""

    def __init__(self, environment: Mapping[str, str], complaints: Path) -> None:
        self._complaints = complaints
        self._orders = 0
        with complaints.open("ab") as errors:
            self._process = subprocess.Popen(  # our own module
                [sys.executable, "-m", "serai.exchange.faults.zygote"],
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._read()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def do(self, what: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """Have something done in a process of its own; return its result, and its exit status as `status`."""
        self._orders += 1
        file = self._complaints.with_suffix(f".{self._orders}.json")
        status = self._order(what, args=args, result=str(file))["status"]
        found: dict[str, Any] = json.loads(file.read_text()) or {} if file.exists() else {}
        file.unlink(missing_ok=True)
        return found | {"status": status}

    def begin(self, what: str, args: Mapping[str, Any]) -> int:
        """Have something begun in a process of its own; return the process."""
        return int(self._order(what, wait=False, args=args)["pid"])

    def end(self, pid: int) -> int:
        """Wait for a process that was begun; return its exit status."""
        return int(self._order("wait", pid=pid)["status"])

    def reload(self) -> None:
        """Open the key file anew, after keys were changed."""
        self._order("reload")

    def _order(self, do: str, *, wait: bool = True, result: str = "", **fields: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, "wait": wait, "result": result, **fields}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise TrialFailed(f"the first process of a node ended: {self._complaints.read_text()[-300:]}")
        found: dict[str, Any] = json.loads(line)
        return found
