"""What the fixture `storm` takes: a scenario with all that is in it, or one code; and what not."""

import pytest

from test_pytest_plugin import run

pytest_plugins = "pytester"

SCENARIO = """
name = "short"
duration_ms = 20_000
policy = { red_threshold = 30, flush_ms = 60_000 }
devices = [{ name = "meter", kind = "ESME", originator = "00DB1234567890A0" }]
[[phases]]
name = "storm"
device = "meter"
code = "8F3E"
target = "90B3D51F30010000"
duration_ms = 10_000
shape = "periodic"
per_hour = 18_000
storm = true
"""
"""50 alerts, of which 36 pass, one is a sample and 13 are suppressed."""

BOUND = '[[expect]]\narm = "hub"\nmetric = "suppressed"\nmax = {most}\nwhy = "few"\n'


@pytest.fixture(autouse=True)
def _no_hub_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STORMBENCH_HUB", raising=False)


def flood(
    pytester: pytest.Pytester, scenario: str, *lines: str, call: str = "storm('storm.toml')"
) -> pytest.RunResult:
    """What comes of a test on `sim` with these lines, after the storm of that scenario."""
    pytester.path.joinpath("storm.toml").write_text(scenario)
    body = "\n".join(f"    {line}" for line in (f"result = {call}", *lines))
    return run(pytester, f"def test_flood(hub, storm):\n{body}\n", "--stormbench-hub", "sim")


def passes(pytester: pytest.Pytester, scenario: str, *lines: str, **given: str) -> None:
    flood(pytester, scenario, *lines, **given).assert_outcomes(passed=1)


def test_scenario_brings_its_alerts_and_its_policy(pytester: pytest.Pytester) -> None:
    lines = (
        "assert result['sent'] == 50 and result.certified, result.failures",
        "assert result['policy']['red_threshold'] == 30",
        "assert result.bounds == [] and result['faults'] is None",
    )
    passes(pytester, SCENARIO, *lines)


def test_time_scale_divides_the_times_of_the_alerts_and_of_the_policy(
    pytester: pytest.Pytester,
) -> None:
    lines = (
        "assert result['duration_s'] == 4.9",
        "assert result['policy']['flush_ms'] == 30_000",
    )
    passes(pytester, SCENARIO, *lines, call="storm('storm.toml', time_scale=2)")


def test_failure_says_by_what_the_times_were_divided(pytester: pytest.Pytester) -> None:
    call = "storm('storm.toml', time_scale=2)"
    ran = flood(pytester, SCENARIO, "assert False", call=call)
    ran.stdout.fnmatch_lines(
        ["Time scale 2: *divided by 2", "sim: 50 of 50 alerts sent in 4.9 s*"]
    )


def test_bound_that_is_met_is_in_the_result(pytester: pytest.Pytester) -> None:
    lines = (
        "(bound,) = result.bounds",
        "assert bound.fields['met'] and bound.fields['value'] == 13",
        "assert result.certified and result.exit_code == 0",
    )
    passes(pytester, SCENARIO + BOUND.format(most=13), *lines)


def test_bound_that_is_not_met_is_a_failure_of_the_result(pytester: pytest.Pytester) -> None:
    lines = (
        "assert result['not_certified'] == [] and result.exit_code == 1",
        "assert result.certified, result.failures",
    )
    ran = flood(pytester, SCENARIO + BOUND.format(most=12), *lines)
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines(
        [
            "E*AssertionError: *'not met: hub suppressed is 13, expected at most 12: few'*",
            "bounds of the scenario, sim:",
            "*NOT MET*suppressed*13*expected at most 12: few",
        ]
    )


def test_scenario_with_bounds_lasts_to_its_end(pytester: pytest.Pytester) -> None:
    call = "(hub.now_us(), storm('storm.toml'), hub.now_us())"
    line = "assert result[2] - result[0] >= 20_000_000"
    passes(pytester, SCENARIO + BOUND.format(most=13), line, call=call)


def test_faults_of_a_scenario_are_in_the_link_as_long_as_its_storm(
    pytester: pytest.Pytester,
) -> None:
    lines = (
        "assert result['faults'] == {'reset': 2} and result['unaccounted'] == 0",
        "again = storm(per_s=50, count=10)",
        "assert again['faults'] is None and again['port'] == 'sim' and again.certified",
    )
    passes(pytester, SCENARIO + "[faults]\nresets = 2\nframes = 40\n", *lines)


def test_faults_of_a_scenario_are_divided_and_drawn_as_inject_does(
    pytester: pytest.Pytester,
) -> None:
    lines = (
        "from stormbench.inject.run import inject, opened",
        "from stormbench.inject.plan import faults_of_run, plan_of, policy_of_run, storms_of",
        "from stormbench.scenario.read import read_scenario",
        "from pathlib import Path",
        "scenario = read_scenario(Path('storm.toml'))",
        "faults, policy = faults_of_run(scenario), policy_of_run(scenario)",
        "with opened(['sim'], None, policy, None, faults) as hubs:",
        "    (other,) = inject(hubs, storms_of(plan_of(scenario, 1)))",
        "assert result['acknowledged'] == other['acknowledged']",
        "assert result['faults']['duplicate'] > 0 < other['faults']['duplicate']",
    )
    passes(pytester, SCENARIO + "[faults]\nduplicate = 0.1\n", *lines)


def test_scenario_that_does_not_fit_the_hub_skips_the_test(pytester: pytest.Pytester) -> None:
    ran = flood(pytester, 'runs_on = ["board"]\n' + SCENARIO)
    ran.assert_outcomes(skipped=1)
    ran.stdout.fnmatch_lines("*:1: *'short' fits board (its runs_on), and the hub is sim*")


REFUSED = [
    ("storm(code='XYZ')", "storm: code: a code is 4 hex digits such as *, got 'XYZ'"),
    ("storm(code=0x8F3E)", "storm: code: a code is 4 hex digits such as *, got 36670"),
    *(
        (f"storm(per_s={value})", "storm: per_s: expected a number 0.001 to 1,000,000, got *")
        for value in ("0", "-5", "float('nan')", "float('inf')", "1e-300", "'20'", "True", "None")
    ),
    *(
        (f"storm(count={value})", "storm: count: expected a whole number 1 to 100,000, got *")
        for value in ("0", "-1", "1.5", "100_001", "'5'", "True", "None")
    ),
    ("storm(per_s=2_000, count=2_000)", "up to 2,000 alerts in one second*at most 1,500*"),
    ("storm(time_scale=2)", "storm: time_scale goes with a scenario*"),
    *(
        (
            f"storm('storm.toml', time_scale={value})",
            "storm: time_scale: expected a number 1 to 10,000, got *",
        )
        for value in ("0", "0.5", "-1", "float('nan')", "10_001", "'2'")
    ),
    ("storm('nothing.toml')", "nothing.toml: cannot be read: No such file*"),
    ("storm('no_such_word')", "no scenario that comes with stormbench is called 'no_such_word'*"),
    ("storm('regional_power_cut')", "*has 3 hubs, and `storm` floods one: *"),
]


@pytest.mark.parametrize(("call", "sentence"), REFUSED, ids=[call for call, _ in REFUSED])
def test_call_that_cannot_be_is_refused_at_the_call(
    pytester: pytest.Pytester, call: str, sentence: str
) -> None:
    ran = flood(pytester, SCENARIO, call=call)
    ran.assert_outcomes(failed=1)
    said = sentence.replace("[", "[[]")
    ran.stdout.fnmatch_lines(["*:2: InvalidInput"])
    ran.stdout.fnmatch_lines([f"E*stormbench.errors.InvalidInput: {said}"])


REAL = SCENARIO.replace("00DB1234567890A0", "0011223344556677")


def test_identity_that_may_be_a_real_meters_is_refused(pytester: pytest.Pytester) -> None:
    ran = flood(pytester, REAL)
    ran.assert_outcomes(failed=1)
    ran.stdout.fnmatch_lines("E*expected one of DCC's test identities*storm(real_ids=True)*")


def test_identity_that_may_be_a_real_meters_is_taken_on_demand(pytester: pytest.Pytester) -> None:
    passes(pytester, REAL, call="storm('storm.toml', real_ids=True)")
