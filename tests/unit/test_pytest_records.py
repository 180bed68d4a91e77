"""A capture and a log of each test: what the pytest plugin keeps, where, and when."""

import errno
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from capture_bench import capture, frames_of
from stormbench.capture.parts import PartedRecording
from stormbench.capture.reading import Capture, Records
from stormbench.capture.records import Record, Stretch
from stormbench.hub.open import open_hub
from test_pytest_plugin import run

pytest_plugins = "pytester"

FAILS = """
    def test_first(clean_hub, storm):
        storm(per_s=50, count=30)
    def test_second(clean_hub, storm):
        assert not storm(per_s=50, count=40)["sent"]
"""


@pytest.fixture(autouse=True)
def _no_hub_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORMBENCH_HUB", raising=False)


def on_sim(pytester: pytest.Pytester, test: str, *options: str) -> pytest.RunResult:
    """What a run on `sim` says, whose records go into the folder `kept`."""
    return run(pytester, test, "--stormbench-hub", "sim", "--stormbench-records", "kept", *options)


def kept(pytester: pytest.Pytester, ending: str) -> list[Path]:
    """The files of that ending in the folder `kept`."""
    return sorted((pytester.path / "kept").glob(f"*.{ending}"))


def test_only_the_test_that_failed_leaves_a_capture_and_a_log(pytester: pytest.Pytester) -> None:
    ran = on_sim(pytester, FAILS)
    ran.assert_outcomes(passed=1, failed=1)
    (path,), (log,) = kept(pytester, "capture"), kept(pytester, "log")
    assert "test_second" in path.name and log.stem == path.stem
    ran.stdout.fnmatch_lines(["*stormbench: capture and log*", str(path), str(log)])
    ran.stdout.fnmatch_lines("1 captures, with a log of each: *kept")


def test_capture_has_every_alert_of_its_test_and_none_of_another(
    pytester: pytest.Pytester,
) -> None:
    on_sim(pytester, FAILS, "--stormbench-keep", "all")
    first, second = kept(pytester, "capture")
    assert [len(frames_of(path, "HanAlert")) for path in (first, second)] == [30, 40]


def test_each_capture_is_whole_and_is_judged_alike_again(pytester: pytest.Pytester) -> None:
    on_sim(pytester, FAILS, "--stormbench-keep", "all")
    for path in kept(pytester, "capture"):
        ran = capture("replay", path)
        assert ran.exit_code == 0 and "every verdict as it was recorded" in ran.out


def test_log_has_the_storms_and_what_the_hub_said(pytester: pytest.Pytester) -> None:
    test = """
        def test_it(hub, storm):
            hub._talk.stream.log.append("said")
            storm(per_s=50, count=10)
            assert False
    """
    on_sim(pytester, test)
    (log,) = kept(pytester, "log")
    text = log.read_text()
    assert "== stormbench: storms\nsim: 10 of 10 alerts sent" in text
    assert text.endswith("== stormbench: what the hub said\nsaid\n")


def test_capture_can_be_read_by_the_test_itself(pytester: pytest.Pytester) -> None:
    test = """
        from stormbench.capture.reading import Capture
        def test_it(hub, storm, capture):
            before = sum(1 for _ in Capture(capture).records())
            storm(per_s=50, count=10)
            assert sum(1 for _ in Capture(capture).records()) >= before + 20
    """
    on_sim(pytester, test).assert_outcomes(passed=1)
    assert kept(pytester, "capture") == []


def test_without_a_folder_they_go_into_pytests_own(pytester: pytest.Pytester) -> None:
    test = "def test_it(hub): assert False"
    run(pytester, test, "--stormbench-hub", "sim", "--basetemp", "temporary")
    assert len(list(pytester.path.glob("temporary/stormbench/*.capture"))) == 1


def test_capture_of_a_run_before_is_gone_once_its_test_passes(pytester: pytest.Pytester) -> None:
    on_sim(pytester, "def test_it(hub): assert False")
    on_sim(pytester, "def test_it(hub): pass")
    assert kept(pytester, "capture") == kept(pytester, "log") == []


def test_each_hub_has_captures_of_its_own(pytester: pytest.Pytester) -> None:
    faulty = "faults://duplicate=0.01&seed=7@sim"
    test = "def test_it(hub): assert False\ndef test_other(hub): assert False"
    on_sim(pytester, test, "--stormbench-hub", faulty).assert_outcomes(failed=4)
    paths = kept(pytester, "capture")
    assert len(paths) == len(kept(pytester, "log")) == 4
    hubs = {begun.hub for path in paths for begun in Capture(path).sessions()}
    assert hubs == {"sim", faulty} and all(len(Capture(path).sessions()) == 1 for path in paths)


def test_failure_in_the_set_up_leaves_a_capture_too(pytester: pytest.Pytester) -> None:
    test = """
        import pytest
        @pytest.fixture
        def broken(hub): raise RuntimeError
        def test_it(broken): pass
    """
    on_sim(pytester, test).assert_outcomes(errors=1)
    assert len(kept(pytester, "capture")) == 1


def test_junit_says_where_they_are_of_the_test_that_failed(pytester: pytest.Pytester) -> None:
    on_sim(pytester, FAILS, "--junitxml", "junit.xml")
    tree = ET.parse(pytester.path / "junit.xml")
    told = {
        (case.get("name"), each.get("value"))
        for case in tree.iter("testcase")
        for each in case.iter("property")
        if each.get("name") in ("stormbench_capture", "stormbench_log")
    }
    files = [*kept(pytester, "capture"), *kept(pytester, "log")]
    assert told == {("test_second[sim]", str(path)) for path in files}


def test_test_that_is_skipped_leaves_nothing(pytester: pytest.Pytester) -> None:
    test = "import pytest\ndef test_it(hub): pytest.skip('not today')"
    on_sim(pytester, test, "--stormbench-keep", "all").assert_outcomes(skipped=1)
    assert kept(pytester, "capture") == kept(pytester, "log") == []


def test_folder_that_cannot_be_is_told_and_nothing_is_opened(pytester: pytest.Pytester) -> None:
    (pytester.path / "kept").write_text("a file")
    ran = on_sim(pytester, "def test_it(hub): pass")
    ran.assert_outcomes(errors=1)
    ran.stdout.fnmatch_lines("*kept: cannot be made: File exists*")


def test_full_drive_ends_the_capture_and_not_the_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(file: int, octets: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("stormbench.capture.writing.os.write", refuse)
    ran = on_sim(pytester, "def test_it(hub): pass")
    ran.assert_outcomes(passed=1)
    ran.stdout.fnmatch_lines("*cannot be written: No space left on device*")


def test_tests_that_ask_for_no_hub_have_no_records(pytester: pytest.Pytester) -> None:
    on_sim(pytester, "def test_it(tmp_path): assert False").assert_outcomes(failed=1)
    assert not (pytester.path / "kept").exists()


def test_what_is_said_between_two_parts_is_in_neither() -> None:
    recording, parts = PartedRecording(), [bytearray(), bytearray()]
    client = open_hub("sim", recording=recording)
    recording.begin(parts[0].extend)
    client.policy()
    recording.end()
    client.counters()
    recording.begin(parts[1].extend)
    client.policy()
    client.close()
    assert _frames(parts[0]) == _frames(parts[1]) > 0


def test_echo_of_a_key_is_withheld_from_the_part_after_the_key_too() -> None:
    recording, parts = PartedRecording(), [bytearray(), bytearray()]
    client = open_hub("sim", recording=recording)
    recording.begin(parts[0].extend)
    client.set_key(bytes(range(1, 33)))
    recording.begin(parts[1].extend)
    recording.on_came(bytes(range(1, 20)) + b"\0")
    client.close()
    (echo,) = [each for each in _records(parts[1]) if isinstance(each, Stretch)]
    assert (echo.octets, echo.withheld_bytes) == (b"", 19)


def _records(octets: bytearray) -> list[Record]:
    return list(Records().feed(bytes(octets)))


def _frames(octets: bytearray) -> int:
    return sum(isinstance(each, Stretch) for each in _records(octets))
