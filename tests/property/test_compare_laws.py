"""Laws of a comparison over any storm: where the throttle stands changes no sum."""

from hypothesis import event, given, settings
from hypothesis import strategies as st

from arm_runs import runs_of
from hubwire.identities import SUPPLIER
from stormbench.compare.account import account
from stormbench.dsp.failed_queue import Absence, FailedQueue
from stormbench.scenario.model import Scenario
from stormbench.scenario.trace import trace_of

THROTTLED = ("hub", "dsp", "layered")
DEVICES = (
    {"name": "meter", "kind": "ESME", "originator": "00DB1234567890A0", "hub": 1},
    {"name": "chf", "kind": "CHF", "originator": "00DB1234567890A2", "hub": 2},
)
# By then all has ended: three quiet windows and the one before, after the last alert at 900 s.
END_MS = 3_600_000

# Throttled under every policy below: ten alerts in the shortest window.
STORM = {
    "name": "storm",
    "device": "meter",
    "code": "8F3E",
    "target": "90B3D51F30010000",
    "duration_ms": 300_000,
    "shape": "periodic",
    "per_hour": 600.0,
    "storm": True,
}
phases = st.fixed_dictionaries(
    {
        "device": st.sampled_from([device["name"] for device in DEVICES]),
        "code": st.sampled_from(["8F3E", "81A0", "8F66", "8F20"]),
        "target": st.sampled_from(["90B3D51F30010000", "90B3D51F30000002"]),
        "at_ms": st.integers(0, 300_000),
        "duration_ms": st.sampled_from([100_000, 600_000]),
        "shape": st.sampled_from(["poisson", "periodic"]),
        "per_hour": st.sampled_from([30.0, 400.0, 900.0]),
        "storm": st.booleans(),
    }
)
policies = st.fixed_dictionaries(
    {
        "device_window_ms": st.sampled_from([60_000, 100_000, 600_000]),
        "code_window_ms": st.sampled_from([60_000, 100_000, 600_000]),
        "amber_threshold": st.just(3),
        "red_threshold": st.integers(3, 6),
        "red_clear_threshold": st.integers(0, 3),
        "code_limit": st.integers(2, 4),
        "sample_mode": st.sampled_from(["period", "count", "either", "both"]),
        "sample_period_ms": st.sampled_from([10_000, 200_000]),
        "sample_every": st.integers(2, 10),
        "flush_ms": st.sampled_from([10_000, 200_000]),
        "excluded_codes": st.sampled_from([[], ["8F66"]]),
    }
)


@st.composite
def scenarios(draw: st.DrawFn, /, **wan: float):
    """A storm and up to three phases more, behind two hubs, and a policy that throttles it."""
    drawn = draw(st.lists(phases, max_size=3))
    return Scenario.model_validate(
        {
            "name": "law",
            "seed": draw(st.integers(0, 1000)),
            "duration_ms": END_MS,
            "hubs": ({"id": 1}, {"id": 2}),
            "wan": wan,
            "policy": draw(policies),
            "devices": DEVICES,
            "phases": (STORM, *({**p, "name": f"phase {n}"} for n, p in enumerate(drawn))),
        }
    )


# A run takes as long as ten examples of other laws.
FEW = settings(max_examples=settings().max_examples // 10)


def accounts(scenario, failed_queue=None):
    alerts = trace_of(scenario)
    runs = runs_of(scenario, alerts, failed_queue)
    return {arm: account(run) for arm, run in runs.items()}, len(alerts)


# A supplier that is away when the storm begins, and again before it ends.
failed_queues = st.builds(
    lambda first_ms, second_ms, retry_ms, hold_ms: FailedQueue(
        [
            Absence(SUPPLIER, 0, first_ms),
            Absence(SUPPLIER, 200_000, 200_000 + second_ms),
        ],
        retry_ms,
        hold_ms,
    ),
    st.integers(20_000, 150_000),
    st.sampled_from([200_000, END_MS]),
    st.sampled_from([0, 30_000, 300_000]),
    st.sampled_from([10_000, 400_000, 10_000_000]),
)


@given(scenarios(bytes_per_s=100_000, delay_ms=10, queue_bytes=1_000_000))
@FEW
def test_over_a_wide_wan_delivered_and_reported_come_to_the_same_in_each_arm(scenario):
    found, alerts = accounts(scenario)
    for arm in THROTTLED:
        terms = found[arm]
        assert terms["delivered"] < alerts
        assert terms["pending"] == 0
        assert terms["delivered"] + terms["reported"] + terms["reported_to_dsp"] == alerts


@given(scenarios(bytes_per_s=10, delay_ms=800, queue_bytes=300, loss=0.2))
@FEW
def test_over_a_narrow_wan_nothing_is_unaccounted_for(scenario):
    found, alerts = accounts(scenario)
    assert found["none"]["dropped"]["queue"] > 0
    assert {terms["generated"] for terms in found.values()} == {alerts}
    assert {arm: terms["unaccounted"] for arm, terms in found.items()} == dict.fromkeys(found, 0)


@given(scenarios(bytes_per_s=100_000, delay_ms=10, queue_bytes=1_000_000), failed_queues)
@FEW
def test_every_alert_is_accounted_for_while_a_user_is_away(scenario, failed_queue):
    found, alerts = accounts(scenario, failed_queue)
    event("expired", str(found["hub"]["dropped"]["expired"] > 0))
    event("waiting", str(found["hub"]["pending"] > 0))
    assert {terms["generated"] for terms in found.values()} == {alerts}
    assert {arm: terms["unaccounted"] for arm, terms in found.items()} == dict.fromkeys(found, 0)


@given(scenarios(bytes_per_s=10, delay_ms=800, queue_bytes=300, loss=0.2), failed_queues)
@FEW
def test_every_alert_is_accounted_for_while_a_user_is_away_behind_a_narrow_wan(
    scenario, failed_queue
):
    found, _ = accounts(scenario, failed_queue)
    assert {arm: terms["unaccounted"] for arm, terms in found.items()} == dict.fromkeys(found, 0)
