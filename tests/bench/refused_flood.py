"""What frames without authority cost a hub: device time on the emulated Pico, in one run.

First how long one of each kind takes, from its first byte to the end of its Result; then alerts a
second, one at a time as the client sends them, without and with one refused frame before each.
The refused frame of the flood is what costs most for its size: a good counter and a wrong MAC. It
prints figures and judges none.

    python tests/bench/refused_flood.py [--json] [--alerts N]
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

from commshub.policy import MOST_CODES, Policy
from hubwire.frames import BY_NAME, COUNTER_END
from hubwire.framing import Frame, Receiver, encode, pad, payload_of
from stormbench.emulator import EmulatedPico
from stormbench.hub.emulated import open_emulated_repl
from stormbench.keys.keyring import PATH_VARIABLE
from stormbench.link.client import HubClient
from stormbench.policy_file import frame_values
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row

KEY = bytes(range(1, 33))
METER = bytes.fromhex("00DB123456780001")
TARGET = bytes.fromhex("90B3D51F30010000")
EXCLUDED_CODE = 0x8F66
"""Its alerts are forwarded, each like the one before: what varies is the flood alone."""
ALERTS = 300
EACH = 50
TIMEOUT_US = 1_000_000


def forged(payload: bytes, boot: int, counter: int = COUNTER_END) -> bytes:
    """An Authorised SetPolicy with a MAC that is wrong."""
    kind = BY_NAME["SetPolicy"].kind
    values = {"counter": counter, "command": kind, "mac": bytes(32), "payload": payload}
    return pad(encode(Frame("Authorised", 40_000, values, boot)))


def refused_frames(boot: int) -> dict[str, bytes]:
    """One of each kind, as bytes, for the hub of this boot."""
    policy = Policy()
    default = frame_values(policy)
    policy.excluded_codes = set(range(MOST_CODES))
    largest = payload_of("SetPolicy", frame_values(policy))
    return {
        "plain SetPolicy": pad(encode(Frame("SetPolicy", 40_000, default, boot))),
        "old counter": forged(payload_of("SetPolicy", default), boot, counter=0),
        "wrong MAC": forged(payload_of("SetPolicy", default), boot),
        "wrong MAC, longest": forged(largest, boot),
    }


def time_of(pico: EmulatedPico, burst: bytes) -> int:
    """Device time from the first byte of a frame to the end of its Result, us."""
    receiver = Receiver()
    before_us = pico.now_us
    pico.write(burst)
    while pico.run_until(before_us + TIMEOUT_US, lambda: pico.waiting_bytes() > 0):
        for item in receiver.feed(pico.read()):
            if isinstance(item, Frame) and item.name == "Result":
                return pico.now_us - before_us
    raise SystemExit("refused_flood: no Result within a second of device time")


def alerts_per_s(
    client: HubClient, pico: EmulatedPico, first: int, count: int, flood: bytes
) -> float:
    """Alerts a second of device time, each behind the bytes of `flood`."""
    begun_us = pico.now_us
    for number in range(first, first + count):
        message = message_of(Row(0, METER, TARGET, EXCLUDED_CODE), number)
        if flood:
            pico.write(flood)
        client.alert(0, message)
    return count * 1_000_000 / (pico.now_us - begun_us)


def median_time_of(pico: EmulatedPico, burst: bytes) -> int:
    """Of so many of a frame, one after the other."""
    return sorted(time_of(pico, burst) for _ in range(EACH))[EACH // 2]


def measure(count: int) -> dict[str, object]:
    """All figures, from one board."""
    port = open_emulated_repl(None, hub_id=1)
    try:
        client, pico = HubClient(port), port.pico
        client.set_capacity(2, 4)  # boots soon
        client.set_key(KEY)
        frames = refused_frames(client.hello.boot_id & 0xFFFF)
        for burst in frames.values():
            time_of(pico, burst)  # the first refusals are told in Logs
        erases = pico.flash_erases.total()
        refused_us = {name: median_time_of(pico, burst) for name, burst in frames.items()}
        without = alerts_per_s(client, pico, 1, count, b"")
        flooded = alerts_per_s(client, pico, 1 + count, count, frames["wrong MAC"])
        return {
            "refused_us": refused_us,
            "alerts": count,
            "alerts_per_s": round(without, 1),
            "alerts_per_s_flooded": round(flooded, 1),
            "refused": client.counters()["refused_authority"],
            "flash_erases": pico.flash_erases.total() - erases,
        }
    finally:
        port.close()


def tell(figures: dict[str, object]) -> None:
    """Print them for people."""
    refused_us = figures["refused_us"]
    assert isinstance(refused_us, dict)
    for name, us in refused_us.items():
        print(f"{name:20}{us:8,} us of device time, median of {EACH}")
    print(f"alerts alone        {figures['alerts_per_s']:8} a second, over {figures['alerts']}")
    print(f"one refused to one  {figures['alerts_per_s_flooded']:8} a second")
    print(f"{figures['refused']} frames refused, {figures['flash_erases']} erases of the flash")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="figures for machines")
    parser.add_argument("--alerts", type=int, default=ALERTS, help=f"a figure (default {ALERTS})")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ[PATH_VARIABLE] = str(Path(folder) / "keys.json")  # not the user's
        figures = measure(options.alerts)
    print(json.dumps(figures, indent=2)) if options.json else tell(figures)


if __name__ == "__main__":
    main()
