"""MicroPython's raw REPL over a port: what is sent, what is taken for the answer, what fails."""

import sys
from importlib import resources

import pytest

from scripted_port import ScriptedPort
from stormbench.bench import PROBES
from stormbench.errors import HostToolError, HubTimeout, LinkLost
from stormbench.link.board_session import probe_code, result
from stormbench.link.raw_repl import ENTER_RAW, RAW_PROMPT, CodeFailed, RawRepl


class ReplPort(ScriptedPort):
    """Is lost once, where it is told to be."""

    lost_by = None

    def write(self, burst):
        super().write(burst)
        if burst == self.lost_by:
            self.lost_by = None
            raise LinkLost("script: gone")


@pytest.fixture
def port():
    return ReplPort()


def test_code_is_sent_and_what_it_printed_comes_back(port):
    port.say(b"OK4")
    port.say(b"2\r\n\x04\x04>")
    assert RawRepl(port).run("print(6 * 7)", 1_000) == "42\r\n"
    assert port.octets == b"print(6 * 7)\x04"


def test_code_that_fails_is_told_with_its_traceback(port):
    port.say(b"OK\x04Traceback\r\n  NameError: x\r\n\x04>")
    with pytest.raises(CodeFailed, match=r"script: code on the board failed: .*NameError: x"):
        RawRepl(port).run("x", 1_000)


def test_code_that_does_not_end_is_given_up_by_the_ports_time(port):
    port.say(b"OK")
    with pytest.raises(HubTimeout, match="within 3000 ms on script"):
        RawRepl(port).run("while True: pass", 3_000)
    assert port.at_ms == 3_000


def test_what_was_printed_before_is_awaited(port):
    repl = RawRepl(port)
    port.say(b"OKready\r\n")
    repl.start("code")
    repl.await_text("ready\r\n", 1_000)
    port.say(b"rest\x04\x04>")
    assert repl.ended(1_000) == "rest"


def test_soft_reset_first_throws_away_what_was_left_unread(port):
    port.say(b"x" + RAW_PROMPT)
    port.say(b"OK" + RAW_PROMPT)
    RawRepl(port).soft_reset()
    assert port.octets == ENTER_RAW + b"\x04"


def test_board_that_takes_its_port_down_at_a_soft_reset_is_opened_again(port):
    port.lost_by = b"\x04"
    port.say(RAW_PROMPT)
    port.say(RAW_PROMPT)
    RawRepl(port).soft_reset()
    assert port.opened == 1 and port.octets.endswith(ENTER_RAW)


def test_reset_of_a_board_that_goes_away_at_once_is_no_fault(port):
    port.lost_by = b"import machine; machine.reset()\x04"
    port.say(b"left unread" + RAW_PROMPT)
    RawRepl(port).reset_board()
    assert port.octets.startswith(ENTER_RAW) and port.lost_by is None


def test_probe_is_sent_as_it_is_and_called_with_what_it_is_given():
    code = probe_code(PROBES, "reading", 112, 5)
    source = resources.files(PROBES).joinpath("reading.py").read_text(encoding="utf-8")
    assert source in code and "measure(112, 5)" in code


def test_probe_imports_what_is_frozen_in_before_what_a_deploy_has_left(monkeypatch):
    monkeypatch.setattr("sys.path", ["", "/lib"])
    exec(probe_code(PROBES, "reading").partition('"""')[0])
    assert sys.path == [".frozen", "", "/lib"]


def test_result_of_a_probe_is_the_last_line_that_it_printed():
    assert result('noise\r\n\r\n{"a": 1}\r\n') == {"a": 1}


@pytest.mark.parametrize("printed", ["", "nothing", "[1]"])
def test_probe_that_returns_no_object_is_a_fault(printed):
    with pytest.raises(HostToolError, match="a probe"):
        result(printed)
