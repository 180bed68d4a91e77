"""`stormbench inject` into a board that has a key: with it, without it, with another one."""

from pathlib import Path

import pytest

from authority_bench import KEY, OTHER_KEY
from command_line import stormbench
from stormbench.errors import NoHub
from stormbench.hub import open as open_module
from stormbench.hub.sim import SimPort
from stormbench.inject.one_hub import begin, storm_into
from stormbench.inject.plan import even_storm
from stormbench.keys.keyring import PATH_VARIABLE, HubKey, Keyring
from stormbench.link.client import HubClient
from test_cli_inject import SCENARIO

UNIQUE_ID = "00" * 8
BOARD = "/dev/ttyBOARD"


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """The user's, in an empty folder."""
    monkeypatch.setenv(PATH_VARIABLE, str(tmp_path / "keys.json"))
    return Keyring()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> SimPort:
    """A board with `KEY`, behind a serial port; what is behind it outlives a command."""
    port = SimPort()
    HubClient(port).set_key(KEY)

    def open_it(name: str) -> SimPort:
        if name != BOARD:
            raise NoHub(name)
        return port

    monkeypatch.setattr(open_module.SerialPort, "open", staticmethod(open_it))
    return port


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Five alerts a second for ten seconds."""
    path = tmp_path / "storm.toml"
    path.write_text(SCENARIO.format(originator="00DB1234567890A0"))
    return path


def test_storm_under_a_policy_that_is_pushed_takes_the_key_of_the_keyring(
    board: SimPort, keyring: Keyring, scenario: Path
) -> None:
    keyring.put(UNIQUE_ID, HubKey(KEY))
    ran = stormbench("inject", scenario, "--hub", BOARD, "--policy", "default", "--json")
    (hub,) = ran.document()["hubs"]
    assert ran.exit_code == 0 and hub["keyed"] is True
    assert hub["acknowledged"] == {"PASS": 26, "SAMPLE": 1, "SUPPRESS": 23}


@pytest.mark.parametrize("options", [[], ["--policy", "default"]])
def test_storm_without_the_key_is_refused_before_an_alert_is_sent(
    board: SimPort, scenario: Path, options: list[str]
) -> None:
    ran = stormbench("inject", scenario, "--hub", BOARD, *options)
    assert ran.exit_code == 1
    assert f"has none for its id {UNIQUE_ID}" in ran.complaint()
    assert HubClient(board).counters()["received"] == 0


def test_storm_with_another_key_is_refused_and_names_the_one_that_was_taken(
    board: SimPort, keyring: Keyring, scenario: Path
) -> None:
    keyring.put(UNIQUE_ID, HubKey(OTHER_KEY))
    ran = stormbench("inject", scenario, "--hub", BOARD)
    assert ran.exit_code == 1 and "the MAC is wrong: another key" in ran.complaint()
    assert HubClient(board).counters()["received"] == 0


def test_capture_of_it_has_no_key_and_is_judged_alike_again(
    board: SimPort, keyring: Keyring, scenario: Path, tmp_path: Path
) -> None:
    keyring.put(UNIQUE_ID, HubKey(KEY))
    path = tmp_path / "storm.capture"
    assert stormbench("inject", scenario, "--hub", BOARD, "--capture", path).exit_code == 0
    assert KEY not in path.read_bytes()
    again = stormbench("capture", "replay", path, "--hub", "sim")
    assert again.exit_code == 0 and "every verdict as it was recorded" in again.out


def test_board_that_restarts_on_the_way_goes_on_without_a_question(
    board: SimPort, keyring: Keyring
) -> None:
    keyring.put(UNIQUE_ID, HubKey(KEY))
    client = HubClient(board)
    begin(client)
    left = [50]

    def cut(sent: int) -> None:
        left[0] -= sent
        if left[0] == 25:
            client.power_cut()

    result = storm_into(client, BOARD, even_storm(0x8F3E, 50, 50), on_sent=cut)
    assert left[0] == 0 and client.ledger.restarts == 1
    assert (result["unaccounted"], result["error"]) == (0, None)
