"""Where the host keeps keys: a file for its owner alone, replaced whole, never told."""

import json
import os
import stat
from pathlib import Path

import pytest

from authority_bench import KEY, OTHER_KEY
from stormbench.errors import InvalidInput
from stormbench.keys.keyring import PATH_VARIABLE, HubKey, Keyring, read_key_file
from stormbench.keys.signer import fingerprint

HUB = "E6614103E7452D2F"
OTHER_HUB = "0011223344556677"


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    """One whose folder is not there yet."""
    return Keyring(tmp_path / "config" / "keys.json")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_keyring_without_a_file_has_no_keys(keyring: Keyring) -> None:
    assert (keyring.find(HUB), dict(keyring.all())) == (None, {})


def test_key_is_found_by_the_id_of_its_board_in_any_case(keyring: Keyring) -> None:
    keyring.put(HUB.lower(), HubKey(KEY, OTHER_KEY))
    assert keyring.find(HUB) == keyring.find(HUB.lower()) == HubKey(KEY, OTHER_KEY)
    assert keyring.find(OTHER_HUB) is None


def test_key_is_there_for_the_next_process(keyring: Keyring) -> None:
    keyring.put(HUB, HubKey(KEY))
    assert Keyring(keyring.path).find(HUB) == HubKey(KEY)


def test_file_and_folder_are_for_their_owner_alone_whatever_the_umask(keyring: Keyring) -> None:
    old = os.umask(0)
    try:
        keyring.put(HUB, HubKey(KEY))
    finally:
        os.umask(old)
    assert (mode(keyring.path), mode(keyring.path.parent)) == (0o600, 0o700)


def test_nothing_is_left_beside_the_file(keyring: Keyring) -> None:
    keyring.put(HUB, HubKey(KEY))
    keyring.put(OTHER_HUB, HubKey(KEY))
    assert [path.name for path in keyring.path.parent.iterdir()] == ["keys.json"]


def test_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.put(HUB, HubKey(KEY))

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(InvalidInput, match="cannot be written: No space left"):
        keyring.put(HUB, HubKey(OTHER_KEY))
    assert keyring.find(HUB) == HubKey(KEY)
    assert [path.name for path in keyring.path.parent.iterdir()] == ["keys.json"]


def test_forgotten_key_is_gone_and_the_others_are_not(keyring: Keyring) -> None:
    keyring.put(HUB, HubKey(KEY))
    keyring.put(OTHER_HUB, HubKey(OTHER_KEY))
    assert keyring.forget(HUB) == HubKey(KEY)
    assert dict(keyring.all()) == {OTHER_HUB: HubKey(OTHER_KEY)}
    assert keyring.forget(HUB) is None


@pytest.mark.parametrize("others", [0o640, 0o604, 0o620, 0o602, 0o666])
def test_file_that_others_may_read_or_write_is_refused_with_the_cure(
    keyring: Keyring, others: int
) -> None:
    keyring.put(HUB, HubKey(KEY))
    keyring.path.chmod(others)
    with pytest.raises(InvalidInput, match=rf"mode {others:04o}, expected 0600.*chmod 600"):
        keyring.find(HUB)


BAD = {
    "not JSON": KEY.hex(),
    "not an object": json.dumps([KEY.hex()]),
    "no key": json.dumps({HUB: {"next": KEY.hex()}}),
    "a key alone": json.dumps({HUB: KEY.hex()}),
    "a key of 31 bytes": json.dumps({HUB: {"key": KEY.hex()[:62]}}),
    "not hex": json.dumps({HUB: {"key": "G" + KEY.hex()[1:]}}),
    "zeros": json.dumps({HUB: {"key": "00" * 32}}),
    "a number": json.dumps({HUB: {"key": 5}}),
}


@pytest.mark.parametrize("kind", BAD)
def test_file_of_anything_else_is_refused_and_not_quoted(keyring: Keyring, kind: str) -> None:
    keyring.put(HUB, HubKey(KEY))
    keyring.path.write_text(BAD[kind])
    with pytest.raises(InvalidInput, match="expected a JSON object with a key") as raised:
        keyring.find(HUB)
    assert KEY.hex()[1:20] not in str(raised.value)


def test_variable_names_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(PATH_VARIABLE, str(tmp_path / "mine.json"))
    assert Keyring().path == tmp_path / "mine.json"


def test_without_the_variable_it_is_in_the_users_configuration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(PATH_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert Keyring().path.parts[-2:] == ("stormbench", "keys.json")


def test_fingerprint_is_the_beginning_of_the_sha_256() -> None:
    assert fingerprint(b"abc") == "BA7816BF"


def key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "key.hex"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_key_file_is_hex_digits_in_any_case_and_a_line_end(tmp_path: Path) -> None:
    assert read_key_file(key_file(tmp_path, KEY.hex().upper() + "\n")) == KEY


@pytest.mark.parametrize("text", ["", KEY.hex()[:-2], "00" * 32, "key", "\xe9"])
def test_key_file_of_no_key_is_refused_with_the_cure(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInput, match=r"expected a key of 64 hex digits.*openssl rand"):
        read_key_file(key_file(tmp_path, text))


def test_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="others may read"):
        read_key_file(key_file(tmp_path, KEY.hex(), 0o644))


def test_key_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="No such file"):
        read_key_file(tmp_path / "nowhere")
