"""All figures of a hub: its links one by one, and why some figures are not there."""

from contextlib import contextmanager

import pytest

from stormbench.bench import run
from stormbench.bench.board_figures import BOARD_KEYS
from stormbench.bench.link_figures import Effort
from stormbench.bench.run import measure
from stormbench.hub.open import links_of
from stormbench.hub.sim import SimPort
from stormbench.link import board_session
from stormbench.link.board_session import why_no_probe
from stormbench.link.client import HubClient

EFFORT = Effort([85], 100, 2, 100)


class TickingClient(HubClient):
    """Whoever looks at its clock finds it a millisecond later."""

    looks = 0

    def now_us(self):
        self.looks += 1
        return self.looks * 1_000


@contextmanager
def open_sim(name):
    client = TickingClient(SimPort())
    yield client
    client.close()


@pytest.fixture
def found():
    return measure(open_sim, ["sim"], EFFORT, lambda: None)


def test_hub_without_a_board_has_no_figures_of_one_and_says_why(found):
    missing = (*BOARD_KEYS, "image_bytes")
    assert [found[name] for name in missing] == [None] * len(missing)
    assert all("no board" in found["reasons"][name] for name in missing)


def test_figures_of_the_first_link_are_on_top(found):
    by_transport = found.pop("by_transport")
    assert by_transport == {"in_process": found}


def test_boot_of_a_hub_whose_power_can_be_cut_is_timed(found):
    assert found["boot_ms"] > 0


def test_two_names_of_one_link_are_measured_once():
    opened = []

    @contextmanager
    def open_one(name):
        opened.append(name)
        with open_sim(name) as client:
            yield client

    found = measure(open_one, ["sim", "again"], EFFORT, lambda: None)
    assert opened == ["sim", "again"] and found["by_transport"]["in_process"]["hub"] == "sim"


def test_emulated_hub_has_several_links_and_a_port_has_one():
    assert links_of("emulated")[0] == "emulated" and "emulated:uart" in links_of("emulated")
    assert links_of("emulated:uart") == ["emulated:uart"]
    assert links_of("/dev/ttyACM0") == ["/dev/ttyACM0"]


def test_board_whose_repl_is_elsewhere_must_be_told_where(mocker):
    client = mocker.Mock(hello=mocker.Mock(transport="uart"), port=object())
    assert "--repl-port" in str(why_no_probe(client, None))
    assert why_no_probe(client, "/dev/ttyACM1") is None


def test_board_whose_link_is_its_repl_has_no_other_port_with_one(mocker):
    client = mocker.Mock(hello=mocker.Mock(transport="usb_repl"), port=object())
    assert "leave that away" in str(why_no_probe(client, "/dev/ttyACM1"))
    assert why_no_probe(client, None) is None


def test_board_on_its_own_usb_port_has_its_repl_on_the_other(mocker):
    client = mocker.Mock(hello=mocker.Mock(transport="usb_endpoint"), port=object())
    found = mocker.patch.object(board_session, "repl_beside", return_value=None)
    assert "--repl-port" in str(why_no_probe(client, None))
    found.return_value = "/dev/ttyACM0"
    assert why_no_probe(client, None) is None


def test_image_of_another_firmware_is_not_taken_for_the_hubs(mocker):
    mocker.patch.object(run, "find_image", return_value=None)
    mocker.patch.object(run.cache, "stored_images", return_value=[])
    assert run._image_bytes("00" * 32) is None
