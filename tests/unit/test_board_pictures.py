"""The picture of a Pico's wires: its pins are those of the board's folder, its places a Pico's."""

import csv
import re
from xml.etree import ElementTree

import pytest

from stormbench.tree import boards_dir

PICTURE = boards_dir() / "pictures" / "pico-wiring.svg"
PADS = {0: 1, 1: 2, 21: 27, 22: 29}
"""Where a GPIO is on a Pico: GPIO to pin (Pico data sheet, 2.1)."""


def texts() -> list[str]:
    return [
        node.text or ""
        for node in ElementTree.parse(PICTURE).iter("{http://www.w3.org/2000/svg}text")
    ]


@pytest.mark.parametrize("name", ["UART_TX", "UART_RX", "LINK_STRAP", "RECOVERY"])
def test_pin_is_where_the_pico_has_that_gpio(name: str) -> None:
    with (boards_dir() / "COMMS_HUB_PICO" / "pins.csv").open(encoding="utf-8", newline="") as file:
        number = int(dict(csv.reader(file))[name].removeprefix("GPIO"))
    (label,) = (text for text in texts() if name in text)
    assert re.findall(r"pin (\d+)", label) == [str(PADS[number])]
    assert f"GP{number}" in texts()


def test_led_is_told_by_its_gpio() -> None:
    assert "LED, GP25, on the board" in texts()
