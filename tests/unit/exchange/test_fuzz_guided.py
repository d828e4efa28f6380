"""A short run of the fuzzing that coverage guides; long ones are started by hand."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest


@pytest.mark.skipif(find_spec("atheris") is None, reason="no atheris for this machine: it is built for Linux on x86-64")
def test_guided_fuzzing_finds_no_error_but_refusals(tmp_path: Path) -> None:
    found = tmp_path / "found"
    found.mkdir()
    command = [sys.executable, "-m", "tests.fuzz.exchange_parsers", str(tmp_path / "corpus")]
    limits = ["-runs=4000", "-seed=1", "-max_len=4096", f"-artifact_prefix={found}/"]

    done = subprocess.run(
        [*command, *limits],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )

    assert done.returncode == 0, done.stderr[-3000:]
    assert not list(found.iterdir())
    assert "4000 runs" in done.stderr
