"""Another board than the Pico boots, and is a hub: its image is built from its folder alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from stormbench.hub.open import opened_hub
from stormbench.image import build, inspect
from stormbench.image.identity import firmware_sha256
from stormbench.link.client import HubClient
from stormbench.tree import firmware_sources

BOARD = "COMMS_HUB_QTPY"


@pytest.fixture(scope="module")
def image() -> Path:
    """Of that board; from the cache, or built."""
    return build(BOARD).path


@pytest.fixture(scope="module")
def client(image: Path) -> Iterator[HubClient]:
    """Of the hub on it."""
    with opened_hub("emulated", image) as client:
        yield client


def test_image_of_another_board_names_it_its_circuit_board_and_its_sources(image: Path) -> None:
    info = inspect(image)
    assert (info.board, info.pico_board) == (BOARD, "adafruit_qtpy_rp2040")
    assert info.source_sha256 == firmware_sha256(firmware_sources())


def test_hub_on_another_board_names_it_in_its_hello(client: HubClient) -> None:
    assert (client.hello.board, client.hello.transport) == (BOARD, "usb_endpoint")
    assert client.hello.source_sha256 == firmware_sha256(firmware_sources())
