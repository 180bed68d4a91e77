"""Keys and MACs that cross a recorded link are not in the capture."""

import pytest

from capture_bench import capture, frames_of, records_of
from hubwire.frames import BY_NAME
from hubwire.framing import DELIMITER, Frame, encode
from link_bench import ScriptedPort
from stormbench.capture.recording import Recording
from stormbench.capture.records import MOST_RECORD_BYTES
from stormbench.capture.redaction import redacted
from stormbench.capture.writing import CaptureFile
from stormbench.hub.open import open_hub

KEY, OTHER_KEY = bytes(range(1, 33)), bytes(range(101, 133))


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("STORMBENCH_KEYS", str(tmp_path / "keys.json"))
    return tmp_path / "a.capture"


def recorded_keys(path):
    """A first key, a policy signed with it, and another key."""
    with CaptureFile(path, print) as file:
        client = open_hub("sim", recording=Recording(file.write))
        client.set_key(KEY)
        client.set_key(OTHER_KEY, signed_by=KEY)
        client.close()


def test_no_key_is_in_a_capture(path):
    recorded_keys(path)
    told = [each for each in frames_of(path) if each.kind in ("SetKey", "Authorised")]
    assert [each.kind for each in told] == ["SetKey", "Authorised"]
    octets = b"".join(each.stretch.octets for each in told)
    for key in (KEY, OTHER_KEY):
        assert key not in path.read_bytes() and key[:8] not in octets


def test_frame_that_bore_a_key_is_kept_as_redacted_and_whole_otherwise(path):
    recorded_keys(path)
    (first,) = frames_of(path, "SetKey")
    (changed,) = frames_of(path, "Authorised")
    assert first.stretch.is_redacted and changed.stretch.is_redacted
    assert first.frame["key"] == changed.frame["mac"] == changed.frame["payload"] == bytes(32)
    assert changed.frame["command"] == BY_NAME["SetKey"].kind and changed.frame["counter"]
    assert "SetKey 3 redacted" in capture("show", path).out


def test_policy_that_was_signed_is_kept_and_its_mac_is_not():
    values = {"counter": 7, "command": BY_NAME["Reset"].kind, "mac": KEY, "payload": b"\x01"}
    whole = encode(Frame("Authorised", 3, values)).strip(DELIMITER)
    without = encode(Frame("Authorised", 3, {**values, "mac": bytes(32)})).strip(DELIMITER)
    assert redacted(whole) == without


class Seen:
    """A session whose records are kept."""

    def __init__(self, path):
        self.path = path
        self.file = CaptureFile(path, print)
        self.witness = Recording(self.file.write).witness(ScriptedPort(), "scripted", 1)

    def said(self):
        self.witness.on_closed()
        return frames_of(self.path)


SET_KEY = encode(Frame("SetKey", 1, {"key": KEY}))


def test_echo_of_a_key_is_redacted(path):
    seen = Seen(path)
    seen.witness.on_sent(SET_KEY)
    seen.witness.on_came(SET_KEY)
    assert [each.stretch.is_redacted for each in seen.said()] == [True, True]


def test_piece_of_an_echoed_key_is_withheld(path):
    seen = Seen(path)
    seen.witness.on_sent(SET_KEY)
    seen.witness.on_came(SET_KEY[20:])
    _, echo = seen.said()
    assert (echo.stretch.octets, echo.stretch.withheld_bytes) == (b"", len(SET_KEY[20:]) - 2)
    assert "withheld: a key could be among them" in echo.damage
    assert KEY[15:] not in path.read_bytes()


def test_piece_that_never_ended_is_withheld_too(path):
    seen = Seen(path)
    seen.witness.on_sent(SET_KEY)
    seen.witness.on_came(SET_KEY[20:40])
    assert seen.said()[1].stretch.withheld_bytes == 20


def test_damaged_frame_of_a_key_is_withheld_whatever_came_before(path):
    seen = Seen(path)
    seen.witness.on_came(SET_KEY[:-6] + b"\x11\x11\x00")
    (only,) = seen.said()
    assert only.stretch.octets == b"" and only.stretch.withheld_bytes


def test_damage_before_any_key_is_kept_as_it_came(path):
    seen = Seen(path)
    seen.witness.on_came(b"Traceback (most recent call last)\x00")
    (only,) = seen.said()
    assert only.stretch.octets == b"Traceback (most recent call last)"


def test_frames_after_a_key_are_kept(path):
    seen = Seen(path)
    seen.witness.on_sent(SET_KEY)
    seen.witness.on_came(encode(Frame("Log", 1, {"text": b"hello"})))
    assert seen.said()[1].kind == "Log"


def test_garbage_without_end_is_kept_bounded(path):
    seen = Seen(path)
    seen.witness.on_came(b"\x11" * 100_000)
    (only,) = seen.said()
    assert len(only.stretch.octets) < MOST_RECORD_BYTES // 2
    assert len(records_of(path)) == 3
