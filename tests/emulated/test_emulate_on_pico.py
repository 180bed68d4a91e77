"""`stormbench emulate` as a process: tools that know of no emulator use its ports."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hears_ctrl_c import hear_ctrl_c
from stormbench.errors import HostToolError
from stormbench.link.client import HubClient
from stormbench.link.serial_port import SerialPort

STORMBENCH = [sys.executable, "-m", "stormbench"]
PATIENCE_S = 60


@pytest.fixture(params=[["--pty"], []], ids=["pty", "socket"])
def ports(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    command = [*STORMBENCH, "emulate", *request.param, "--json"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        yield json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        complaint = process.stderr.read()
    assert (process.returncode, complaint.strip()) == (130, "stormbench: stopped")


def hub_at(name: str) -> HubClient:
    """A client of the hub there, once it is there."""
    until_s = time.monotonic() + PATIENCE_S
    while True:
        try:
            return HubClient(SerialPort.open(name))
        except HostToolError:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.2)


def ran(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_hub_is_met_and_left_and_mpremote_has_the_board_until_it_resets_it(
    ports: dict[str, str],
) -> None:
    hub_port, repl_port = ports["hub_port"], ports["repl_port"]
    client = hub_at(hub_port)
    boot_id = client.hello.boot_id
    assert client.hello.unique_id == ports["unique_id"]
    client.close()
    told = json.loads(ran(*STORMBENCH, "firmware", "repl", "--port", repl_port, "--json"))
    assert told == {"port": repl_port, "unique_id": ports["unique_id"]}
    mpremote = str(Path(sys.executable).with_name("mpremote"))
    assert ran(mpremote, "connect", repl_port, "exec", "print(6 * 7)") == "42\n"
    ran(mpremote, "connect", repl_port, "reset")
    client = hub_at(hub_port)
    assert client.hello.boot_id != boot_id
    client.close()
