"""`stormbench selftest` from the command line to the exit code; the board is told what to find."""

from contextlib import contextmanager

import pytest

from command_line import stormbench
from stormbench.selftest import run, vectors
from stormbench.selftest.process_session import ProbeFailed


class Session:
    """Every probe finds what it should, unless a test says otherwise."""

    def __init__(self):
        files = [["commshub.save", 133]]
        times = [1_000] * run.ROUNDS
        flash = {
            **{f"{what}_us": times for what in ("write", "read", "erase")},
            **{"sound": run.ROUNDS, "gone": run.ROUNDS, "files": [files, files]},
        }
        sets = ("frames", "messages", "verdicts", "macs")
        right = {name: [each.expected for each in getattr(vectors, name)()] for name in sets}
        body = {"led": 6, "temperature_c": 21.5, "reset_cause": 1, "reset_name": "PWRON_RESET"}
        self.answers = {"flash": flash, "vectors": right, "body": body}
        self.stops = ""

    def call(self, probe, *arguments):
        if probe == self.stops:
            raise ProbeFailed("code on the board failed: MemoryError")
        return self.answers[probe]

    def timed(self, probe, *arguments):
        return {"took_us": 2_000_000}, 2_001_000


@pytest.fixture
def session(mocker):
    """Of a hub in process, which is taken for one on a board."""
    session = Session()

    @contextmanager
    def opened(client, repl_port):
        yield session

    mocker.patch.object(run, "_session", opened)
    mocker.patch.object(run, "_IN_PROCESS", None)
    return session


def test_board_that_finds_what_it_should_is_ok(session):
    ran = stormbench("selftest", "--hub", "sim")
    assert ran.exit_code == 0
    assert ran.out.splitlines()[-1] == "all ok"


def test_one_wrong_vector_is_exit_code_1_and_its_row_says_fail(session):
    session.answers["vectors"]["macs"][0] = "00"
    ran = stormbench("selftest", "--hub", "sim", "--json")
    assert ran.exit_code == 1
    failed = [each for each in ran.document()["checks"] if each["status"] == "fail"]
    assert [(each["name"], each["found"]) for each in failed] == [("HMAC-SHA-256", "2 of 3")]


def test_probe_that_stops_is_a_row_and_the_others_are_made(session):
    session.stops = "flash"
    ran = stormbench("selftest", "--hub", "sim")
    assert ran.exit_code == 1
    assert ran.out.splitlines()[-1] == "failed: flash"
    assert "MemoryError" in ran.out and "HMAC-SHA-256" in ran.out


def test_hub_that_comes_back_with_another_policy_has_failed(session, mocker):
    known = iter([{"code_limit": 5, "received": 7}, {"code_limit": 6, "received": 7}])
    mocker.patch.object(run, "_remembered", lambda client: next(known))
    ran = stormbench("selftest", "--hub", "sim")
    assert ran.exit_code == 1 and "changed: code_limit" in ran.out


def test_report_is_written_also_where_a_check_failed(session, tmp_path):
    session.answers["flash"]["sound"] = 0
    ran = stormbench("selftest", "--hub", "sim", "--report", tmp_path / "pico.md")
    assert ran.exit_code == 1
    assert "failed: flash, kept" in (tmp_path / "pico.md").read_text(encoding="utf-8")


def test_report_of_no_form_is_refused_before_a_hub_is_opened(mocker):
    opened = mocker.patch("stormbench.cli.selftest.opened_hub")
    ran = stormbench("selftest", "--hub", "sim", "--report", "pico.pdf")
    assert ran.exit_code == 2 and "got .pdf" in ran.complaint()
    opened.assert_not_called()


def test_hub_under_cpython_is_refused_and_told_what_to_take():
    ran = stormbench("selftest", "--hub", "sim")
    assert ran.exit_code == 2 and "take unix, emulated or a board" in ran.err


def test_hub_with_another_firmware_is_refused(session, mocker):
    mocker.patch("stormbench.hub.open.firmware_sha256", return_value="11" * 32)
    ran = stormbench("selftest", "--hub", "sim")
    assert ran.exit_code == 4 and "firmware build" in ran.err


def test_port_that_is_not_there_is_exit_code_3():
    assert stormbench("selftest", "--hub", "/dev/ttyNONE9").exit_code == 3
