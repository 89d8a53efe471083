"""The tour of README.md works as it stands there: its own code blocks are run, in order, in one shell."""

import contextlib
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.cli.conftest import free_port

README = (Path(__file__).parents[2] / "README.md").read_text()


def tour() -> list[str]:
    return re.findall(r"```bash\n(.*?)```", README, re.DOTALL)


def run_in_bash(script: str, folder: Path) -> tuple[int, str, str]:
    """Exit code, standard out and standard error; what the script left running is ended, by its number."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ORDERWELL_")}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    shell = subprocess.Popen(
        ["bash", "-c", script], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    children: list[psutil.Process] = []
    try:
        while not children and shell.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                children = [each for each in psutil.Process(shell.pid).children() if "serve" in each.cmdline()]
            time.sleep(0.1)
        out, err = shell.communicate(timeout=250)
    finally:
        for process in (*children, shell):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        shell.communicate()
    return shell.returncode, out, err


@pytest.mark.slow
def test_every_example_of_the_tour_works(tmp_path: Path) -> None:
    assert len(tour()) >= 7
    port = str(free_port())
    examples = "\n".join(tour()).replace("localhost:8000", f"127.0.0.1:{port}").replace("--port 8000", f"--port {port}")
    code, out, err = run_in_bash(f"set -euo pipefail\nset -m\n{examples}", tmp_path)
    assert code == 0, out[-3000:] + err[-3000:]
    assert "refused with exit code 5" in out
    for event in ("order.placed", "order.shipped", "invoice.issued", "payment.received"):
        assert f'"{event}"' in out
    assert "Everything adds up" in err
    assert (tmp_path / "monday.db").stat().st_size > 0
