"""The pytest plugin, in a pytest of its own with a project of a few lines."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

# What the plugin imports late: else each pytest in this one would do so anew, in seconds.
import stormbench.hub.open
import stormbench.image
import stormbench.inject.run
import stormbench.inject.text  # noqa: F401

pytest_plugins = "pytester"

PLUGIN = ("-p", "stormbench.pytest_plugin", "-p", "no:cacheprovider")
FLOOD = """
    def test_flood(clean_hub, storm):
        assert storm(per_s=50, count=100)["acknowledged"]["SUPPRESS"] == 73
"""


@pytest.fixture(autouse=True)
def _no_hub_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORMBENCH_HUB", raising=False)


def run(pytester: pytest.Pytester, test: str, *options: str) -> pytest.RunResult:
    """What a pytest with the plugin says of one file of tests."""
    pytester.makepyfile(test)
    return pytester.runpytest_inprocess(*PLUGIN, "-rs", *options)


def test_storm_floods_the_hub_that_is_named(pytester: pytest.Pytester) -> None:
    run(pytester, FLOOD, "--stormbench-hub", "sim").assert_outcomes(passed=1)


def test_hub_may_be_named_in_the_environment(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORMBENCH_HUB", "sim")
    run(pytester, FLOOD).assert_outcomes(passed=1)


def test_each_test_runs_on_every_hub_that_is_named(pytester: pytest.Pytester) -> None:
    faulty = "faults://duplicate=0.01&seed=7@sim"
    ran = run(pytester, FLOOD, "--stormbench-hub", "sim", "--stormbench-hub", faulty)
    ran.assert_outcomes(passed=2)


def test_test_without_a_hub_is_skipped_with_the_reason(pytester: pytest.Pytester) -> None:
    ran = run(pytester, FLOOD)
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines("*no hub is named: --stormbench-hub takes*")


def test_test_whose_board_is_not_there_is_skipped_with_the_reason(
    pytester: pytest.Pytester,
) -> None:
    ran = run(pytester, FLOOD, "--stormbench-hub", "/dev/nothing")
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines("*/dev/nothing cannot be opened*")


def test_hub_is_one_for_the_whole_session(pytester: pytest.Pytester) -> None:
    test = """
        seen = []
        def test_first(hub): seen.append(hub)
        def test_second(hub): assert seen == [hub]
    """
    run(pytester, test, "--stormbench-hub", "sim").assert_outcomes(passed=2)


def test_clean_hub_has_the_default_policy_again(pytester: pytest.Pytester) -> None:
    test = """
        def test_other_policy(hub):
            hub.set_policy({**hub.policy(), "red_threshold": 30})
        def test_default_policy(clean_hub):
            assert clean_hub.policy()["red_threshold"] == 20
    """
    run(pytester, test, "--stormbench-hub", "sim").assert_outcomes(passed=2)


def test_clean_hub_has_forgotten_the_storm_before(pytester: pytest.Pytester) -> None:
    test = FLOOD + FLOOD.replace("test_flood", "test_flood_again")
    run(pytester, test, "--stormbench-hub", "sim").assert_outcomes(passed=2)


def test_storm_may_be_a_scenario(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("storm.toml").write_text(
        """
        name = "short"
        duration_ms = 10_000
        policy = { red_threshold = 30 }
        devices = [{ name = "meter", kind = "ESME", originator = "00DB1234567890A0" }]
        [[phases]]
        name = "storm"
        device = "meter"
        code = "8F3E"
        target = "90B3D51F30010000"
        duration_ms = 10_000
        shape = "periodic"
        per_hour = 18_000
        """
    )
    test = """
        def test_flood(storm):
            result = storm("storm.toml", time_scale=2)
            assert result["sent"] == 50 and result.certified
            assert result["policy"]["red_threshold"] == 30
    """
    run(pytester, test, "--stormbench-hub", "sim").assert_outcomes(passed=1)


def test_scenario_that_does_not_fit_the_hub_skips_the_test(pytester: pytest.Pytester) -> None:
    pytester.path.joinpath("storm.toml").write_text(
        """
        name = "only a board"
        duration_ms = 10_000
        runs_on = ["board"]
        devices = [{ name = "meter", kind = "ESME", originator = "00DB1234567890A0" }]
        phases = []
        """
    )
    test = "def test_flood(storm): storm('storm.toml')"
    ran = run(pytester, test, "--stormbench-hub", "sim")
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines("*'only a board' fits board (its runs_on), and the hub is sim*")


@pytest.mark.parametrize("hub", ["sim", "emulated"])
def test_hardware_is_skipped_on_what_is_no_board(pytester: pytest.Pytester, hub: str) -> None:
    test = "import pytest\n@pytest.mark.hardware\ndef test_it(hub): pass"
    ran = run(pytester, test, "--stormbench-hub", hub, "--strict-markers")
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines(f"*needs a board, and the hub is {hub}*")


def test_emulated_is_skipped_on_another_hub(pytester: pytest.Pytester) -> None:
    test = "import pytest\n@pytest.mark.emulated\ndef test_it(hub): pass"
    ran = run(pytester, test, "--stormbench-hub", "sim", "--strict-markers")
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines("*needs an emulated Pico, and the hub is sim*")


def test_emulated_is_skipped_without_an_image(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stormbench.image.find_image", lambda: None)
    test = "import pytest\n@pytest.mark.emulated\ndef test_it(hub): pass"
    ran = run(pytester, test, "--stormbench-hub", "emulated")
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines("*no image of the hub is in the cache*")


def test_failure_shows_what_the_storm_came_to(pytester: pytest.Pytester) -> None:
    test = "def test_it(clean_hub, storm):\n    assert not storm(per_s=50, count=100).certified"
    ran = run(pytester, test, "--stormbench-hub", "sim")
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(
        ["*- stormbench: storms -*", "sim: 100 of 100 alerts sent*", "*what the hub said*"]
    )


def test_failure_shows_what_the_hub_said_in_this_test_and_not_before(
    pytester: pytest.Pytester,
) -> None:
    test = """
        def test_first(hub): hub._talk.stream.log.append("said before")
        def test_second(hub):
            hub._talk.stream.log += ["said now", "said then"]
            assert False
    """
    ran = run(pytester, test, "--stormbench-hub", "sim")
    ran.stdout.fnmatch_lines(["said now", "said then"])
    ran.stdout.no_fnmatch_line("said before")


def test_junit_says_board_firmware_and_policy(pytester: pytest.Pytester) -> None:
    run(pytester, FLOOD, "--stormbench-hub", "sim", "--junitxml", "junit.xml")
    tree = ET.parse(Path(pytester.path, "junit.xml"))
    of_test = {each.get("name") for each in tree.findall("./testsuite/testcase//property")}
    of_suite = {each.get("name") for each in tree.findall("./testsuite/properties/property")}
    names = {"stormbench_board", "stormbench_firmware_sha256", "stormbench_policy"}
    assert of_test == names
    assert of_suite == {f"{name}[sim]" for name in names}


def test_hub_of_somebody_elses_takes_the_place_of_ours(pytester: pytest.Pytester) -> None:
    test = """
        import pytest

        @pytest.fixture
        def hub(): return "mine"

        @pytest.mark.hardware
        def test_it(hub): assert hub == "mine"
    """
    run(pytester, test, "--stormbench-hub", "sim").assert_outcomes(passed=1)


def test_marker_of_somebody_elses_means_what_it_meant(pytester: pytest.Pytester) -> None:
    test = "import pytest\n@pytest.mark.hardware\ndef test_it(): pass"
    run(pytester, test).assert_outcomes(passed=1)
