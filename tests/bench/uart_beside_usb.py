"""Device time of an alert over USB and the UART: `python tests/bench/uart_beside_usb.py`.

One alert at a time on the emulated Pico, from the write to the last byte of the answer; a new key
each time, so that all pass and go on to the WAN, and one key in overload, of which all but a few
are suppressed. The default policy, on the hub's own clock. Some three minutes.
"""

from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from stormbench.hub.emulated import open_emulated, open_emulated_repl, open_emulated_uart
from stormbench.link.client import HubClient
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row

METER = bytes.fromhex("00DB123456780001")
TARGET = bytes.fromhex("90B3D51F30010000")
ALERTS = 60

LINKS: dict[str, Callable[[Path | None, int], Any]] = {
    "usb": open_emulated,
    "repl": open_emulated_repl,
    "uart": open_emulated_uart,
}


def times_us(port: Any, client: HubClient, codes: list[int]) -> tuple[list[int], int]:
    """How long each alert took, and how many bytes each message has."""
    took = []
    for number, code in enumerate(codes):
        message = message_of(Row(0, METER, TARGET, code), number + 1)
        before_us = port.now_us
        client.alert(0, message)
        took.append(port.now_us - before_us)
        port.pico.run_for_us(50_000)
    return took, len(message)


def main() -> None:
    """Print a line for each link."""
    for name, open_port in LINKS.items():
        port = open_port(None, 1)
        client = HubClient(port)
        passing, size = times_us(port, client, list(range(0x8100, 0x8100 + ALERTS)))
        storm, _ = times_us(port, client, [0x8F3E] * 3 * ALERTS)
        suppressed = storm[-ALERTS:]
        print(
            f"{name}: {size} bytes; passed: median {median(passing) / 1000:.2f} ms, most "
            f"{max(passing) / 1000:.2f} ms; in overload: median {median(suppressed) / 1000:.2f} "
            f"ms, most {max(suppressed) / 1000:.2f} ms",
            flush=True,
        )
        port.close()


if __name__ == "__main__":
    main()
