"""`stormbench key` from the command line to the exit code; what it prints is never a key."""

import re
import shlex
from pathlib import Path

import pytest

from authority_bench import KEY, OTHER_KEY
from command_line import Ran, stormbench
from stormbench.cli.key import change as change_module
from stormbench.cli.key import set as set_module
from stormbench.hub import open as open_module
from stormbench.hub.sim import SimPort
from stormbench.keys.keyring import PATH_VARIABLE, HubKey, Keyring
from stormbench.keys.signer import fingerprint

UNIQUE_ID = "00" * 8
BOARD = "/dev/ttyBOARD"
COMMANDS = ("change", "forget", "list", "set")


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """The user's, in an empty folder."""
    monkeypatch.setenv(PATH_VARIABLE, str(tmp_path / "keys.json"))
    return Keyring()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> SimPort:
    """A board behind a serial port: what is behind it outlives a command."""
    port = SimPort()
    monkeypatch.setattr(open_module.SerialPort, "open", staticmethod(lambda name: port))
    return port


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """A file with OTHER_KEY."""
    path = tmp_path / "key.hex"
    path.write_text(OTHER_KEY.hex())
    path.chmod(0o600)
    return path


def assert_tells_no_key(ran: Ran, keyring: Keyring) -> None:
    said = (ran.out + ran.err).lower()
    kept = [key for each in keyring.all().values() for key in (each.key, each.next) if key]
    for key in (KEY, OTHER_KEY, *kept):
        assert key.hex()[:16] not in said


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_of_this_command(command: str) -> None:
    shown = stormbench("key", command, "--help").out
    (text,) = re.findall(r"Example: stormbench (.*)", shown)
    assert shlex.split(text)[:2] == ["key", command]


def test_set_keeps_a_new_key_of_the_board(board: SimPort, keyring: Keyring) -> None:
    ran = stormbench("key", "set", "--hub", BOARD, "--json")
    kept = keyring.find(UNIQUE_ID)
    assert ran.exit_code == 0 and kept is not None
    assert ran.document() == {
        "hub": BOARD,
        "unique_id": UNIQUE_ID,
        "fingerprint": fingerprint(kept.key),
        "kept": str(keyring.path),
    }
    assert_tells_no_key(ran, keyring)


def test_two_keys_that_are_generated_are_two(keyring: Keyring) -> None:
    first, second = (stormbench("key", "set", "--hub", "sim", "--json") for _ in range(2))
    assert first.document()["fingerprint"] != second.document()["fingerprint"]


def test_set_takes_the_key_of_a_file(board: SimPort, keyring: Keyring, key_file: Path) -> None:
    ran = stormbench("key", "set", "--hub", BOARD, "--key-file", key_file)
    assert keyring.find(UNIQUE_ID) == HubKey(OTHER_KEY)
    assert fingerprint(OTHER_KEY) in ran.out
    assert_tells_no_key(ran, keyring)


def test_set_of_a_hub_with_a_key_ends_with_1_and_keeps_what_there_was(
    board: SimPort, keyring: Keyring
) -> None:
    stormbench("key", "set", "--hub", BOARD)
    before = keyring.find(UNIQUE_ID)
    ran = stormbench("key", "set", "--hub", BOARD)
    assert ran.exit_code == 1
    assert "has a key already" in ran.complaint()
    assert keyring.find(UNIQUE_ID) == before


def test_key_of_a_virtual_hub_is_kept_nowhere_and_that_is_told(keyring: Keyring) -> None:
    ran = stormbench("key", "set", "--hub", "sim")
    assert ran.exit_code == 0
    assert "kept nowhere" in ran.out and "hub sim is virtual" in ran.err
    assert not keyring.all()


def test_change_gives_the_board_another_key(board: SimPort, keyring: Keyring) -> None:
    stormbench("key", "set", "--hub", BOARD)
    before = keyring.find(UNIQUE_ID)
    ran = stormbench("key", "change", "--hub", BOARD)
    assert (ran.exit_code, ran.out.count("key changed")) == (0, 1)
    assert keyring.find(UNIQUE_ID) != before
    assert stormbench("policy", "push", "tamper_cautious", "--hub", BOARD).exit_code == 0
    assert_tells_no_key(ran, keyring)


def test_change_that_was_cut_off_is_finished_and_told(
    board: SimPort, keyring: Keyring, key_file: Path
) -> None:
    stormbench("key", "set", "--hub", BOARD, "--key-file", key_file)
    keyring.put(UNIQUE_ID, HubKey(OTHER_KEY, KEY))
    ran = stormbench("key", "change", "--hub", BOARD)
    assert "the change that was cut off is done" in ran.out
    assert keyring.find(UNIQUE_ID) == HubKey(KEY)


def test_change_of_a_hub_without_a_key_names_the_other_command(board: SimPort) -> None:
    ran = stormbench("key", "change", "--hub", BOARD)
    assert ran.exit_code == 1 and "`stormbench key set`" in ran.complaint()


def test_change_of_a_virtual_hub_ends_with_2() -> None:
    assert stormbench("key", "change", "--hub", "sim").exit_code == 2


@pytest.mark.parametrize("command", ["set", "change"])
def test_bad_key_file_ends_with_2_and_nothing_is_sent(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        pytest.fail("a hub was opened")

    for module in (set_module, change_module):
        monkeypatch.setattr(module, "opened_hub", refuse)
    path = tmp_path / "key.hex"
    path.write_text("zz")
    path.chmod(0o600)
    ran = stormbench("key", command, "--hub", BOARD, "--key-file", path)
    assert ran.exit_code == 2
    assert "expected a key of 64 hex digits" in ran.complaint()


def test_list_shows_ids_and_fingerprints(keyring: Keyring) -> None:
    keyring.put(UNIQUE_ID, HubKey(KEY, OTHER_KEY))
    ran = stormbench("key", "list")
    head, line = ran.out.splitlines()
    assert head == f"{keyring.path}: 1 keys"
    assert line == f"{UNIQUE_ID}  {fingerprint(KEY)}  a change was cut off"
    assert_tells_no_key(ran, keyring)


def test_list_as_json_has_the_same(keyring: Keyring) -> None:
    keyring.put(UNIQUE_ID, HubKey(KEY))
    ran = stormbench("key", "list", "--json")
    hub = {"unique_id": UNIQUE_ID, "fingerprint": fingerprint(KEY), "change_cut_off": False}
    assert ran.document() == {"file": str(keyring.path), "hubs": [hub]}


def test_forget_takes_the_key_away_and_says_which(keyring: Keyring) -> None:
    keyring.put("E6614103E7452D2F", HubKey(KEY))
    ran = stormbench("key", "forget", "e6614103e7452d2f")
    assert (ran.exit_code, dict(keyring.all())) == (0, {})
    assert ran.out.startswith(f"E6614103E7452D2F: key {fingerprint(KEY)} is no longer in")


def test_forget_of_an_unknown_board_ends_with_2() -> None:
    ran = stormbench("key", "forget", UNIQUE_ID)
    assert ran.exit_code == 2 and "see `stormbench key list`" in ran.complaint()


@pytest.mark.parametrize("arguments", [["list"], ["set", "--hub", BOARD]])
def test_keyring_that_others_may_read_ends_with_2(
    board: SimPort, keyring: Keyring, arguments: list[str]
) -> None:
    keyring.put(UNIQUE_ID, HubKey(KEY))
    keyring.path.chmod(0o644)
    ran = stormbench("key", *arguments)
    assert ran.exit_code == 2 and "others may read or write it" in ran.complaint()
