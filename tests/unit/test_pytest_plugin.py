"""The pytest plugin, in a pytest of its own with a project of a few lines."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

# What the plugin imports late: else each pytest in this one would do so anew, in seconds.
import stormbench.image
import stormbench.inject.run
import stormbench.inject.text  # noqa: F401
from commshub.policy import Policy
from stormbench.hub.open import opened_hub
from stormbench.policy_file import plain_policy

pytest_plugins = "pytester"

README = Path(__file__).parents[2] / "host_tools" / "README.md"
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


def test_clean_hub_has_forgotten_what_was_in_its_windows(pytester: pytest.Pytester) -> None:
    test = """
        from stormbench.inject.plan import even_storm
        def verdicts(hub, count):
            return {hub.alert(0, shot.message).verdict for shot in even_storm(0x8F3E, 50, count)}
        def test_flood(hub): assert verdicts(hub, 40) == {"PASS", "SAMPLE", "SUPPRESS"}
        def test_calm(clean_hub): assert verdicts(clean_hub, 20) == {"PASS"}
    """
    run(pytester, test, "--stormbench-hub", "sim").assert_outcomes(passed=2)


def test_clean_hub_is_on_its_own_clock(pytester: pytest.Pytester) -> None:
    test = """
        import pytest
        from stormbench.link.client import HubRefused
        def test_hosts_clock(hub): hub.use_hosts_clock(5_000)
        def test_own_clock(clean_hub):
            with pytest.raises(HubRefused, match="on its own clock"):
                clean_hub.advance(9_000)
    """
    run(pytester, test, "--stormbench-hub", "sim").assert_outcomes(passed=2)


def test_clean_hub_counts_from_0(pytester: pytest.Pytester) -> None:
    test = """
        def test_before(hub, storm): storm(per_s=50, count=100)
        def test_counts(clean_hub, hub, storm):
            assert clean_hub.counters()["received"] == clean_hub.counters()["frames_stale"] == 0
            storm(per_s=50, count=30)
            assert clean_hub.counters()["received"] == 30
            assert hub.counters()["received"] == 130
    """
    run(pytester, test, "--stormbench-hub", "sim").assert_outcomes(passed=2)


def test_storm_under_the_policy_in_force_begins_with_nothing_open(
    pytester: pytest.Pytester,
) -> None:
    test = """
        def test_flood(hub, storm):
            first, second = (storm(per_s=50, count=100)["acknowledged"] for _ in range(2))
            assert first == second
    """
    run(pytester, test, "--stormbench-hub", "sim").assert_outcomes(passed=1)


def test_example_of_the_readme_passes(pytester: pytest.Pytester) -> None:
    section = README.read_text(encoding="utf-8").partition("## From your own tests\n")[2]
    example = section.partition("```python\n")[2].partition("```")[0]
    run(pytester, example, "--stormbench-hub", "sim").assert_outcomes(passed=1)


@pytest.mark.parametrize("hub", ["sim", "emulated"])
def test_hardware_is_skipped_on_what_is_no_board(pytester: pytest.Pytester, hub: str) -> None:
    test = "import pytest\n@pytest.mark.hardware\ndef test_it(hub): pass"
    ran = run(pytester, test, "--stormbench-hub", hub, "--strict-markers")
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines(f"*needs a board, and the hub is {hub}*")


@pytest.mark.parametrize(
    ("test", "hub"),
    [
        ("@pytest.mark.hardware\ndef test_it(hub): pass", "sim"),
        ("@pytest.mark.emulated\ndef test_it(hub): pass", "sim"),
        ("# The second line.\ndef test_it(hub): pass", "/dev/nothing"),
        ("# The second line.\ndef test_it(hub): pass", None),
    ],
)
def test_skip_is_shown_at_the_test(pytester: pytest.Pytester, test: str, hub: str | None) -> None:
    options = ["--stormbench-hub", hub] if hub else []
    ran = run(pytester, f"import pytest\n{test}", *options)
    ran.stdout.fnmatch_lines(f"SKIPPED * {Path('test_skip_is_shown_at_the_test.py')}:[23]: *")


def test_skip_of_the_tests_own_is_shown_where_it_is(pytester: pytest.Pytester) -> None:
    test = "import pytest\ndef test_it(hub):\n    hub.policy()\n    pytest.skip('not today')"
    ran = run(pytester, test, "--stormbench-hub", "sim")
    ran.stdout.fnmatch_lines("SKIPPED * test_skip_of_the_tests_own_is_shown_where_it_is.py:4: *")


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
    of_test, of_suite = (
        {each.get("name"): each.get("value") for each in tree.findall(f"./testsuite/{where}")}
        for where in ("testcase//property", "properties/property")
    )
    with opened_hub("sim") as hub:
        expected = {
            "stormbench_board": hub.hello.unique_id,
            "stormbench_firmware_sha256": hub.hello.source_sha256,
            "stormbench_policy": json.dumps(plain_policy(Policy())),
        }
    assert of_test == expected
    assert of_suite == {f"{name}[sim]": value for name, value in expected.items()}


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
