"""Every alert is in exactly one account, wherever it is throttled and whatever the WAN drops."""

import random
from dataclasses import dataclass

import pytest
from hubwire import gbcs
from hubwire.gbcs_make import Recipe, make
from hubwire.identities import ACCESS_CONTROL_BROKER, NETWORK_OPERATOR, SUPPLIER
from hypothesis import event, given, settings
from hypothesis import strategies as st
from traces import policies

from stormbench.dsp.store import Store
from stormbench.dsp.twin import DspSettings, DspTwin
from stormbench.dsp.users import Recipients
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient
from stormbench.link.northbound import WanAlert
from stormbench.policy_file import frame_values
from stormbench.wan.cell import Cell, WanSettings
from stormbench.wan.departure import departures, merged

ORIGINATORS = tuple(bytes.fromhex("00DB12345678900%d" % n) for n in range(4))
TARGETS = (SUPPLIER, NETWORK_OPERATOR, ACCESS_CONTROL_BROKER)
CODES = (0x81A0, 0x8F3E, 0x8F66, 0x8F72, 0x8001)
ARRANGEMENTS = ("none", "hub", "dsp", "layered")
HUBS = 2
WIDE = WanSettings(bytes_per_s=1e9, delay_ms=3, queue_bytes=10**9)
FAR_MS = 10**9  # after the longest window of any policy here has closed many times


@st.composite
def traces(draw, longest=12):
    """(t, originator, target, code) in order of time, in bursts that make storms of it."""
    trace, t = [], 0
    bursts = st.tuples(
        st.sampled_from((0, 1, 5, 20, 60)),
        st.sampled_from((0, 0, 1, 3)),
        st.integers(1, longest),
        st.sampled_from(ORIGINATORS),
        st.sampled_from(TARGETS),
        st.sampled_from(CODES),
    )
    for wait_ms, spacing_ms, copies, *key in draw(st.lists(bursts, min_size=1, max_size=10)):
        t += wait_ms
        for _ in range(copies):
            trace.append((t, *key))
            t += spacing_ms
    return trace


def small_policies():
    """Policies that throttle, 8F66 included: few windows, few alerts, nothing excluded but 8F72."""
    return policies(shadow=0, excluded_codes={0x8F72})


@dataclass
class Accounts:
    """One run's terms, each from the part that counts it."""

    generated: int
    recipients: Recipients
    store: Store
    twin: DspTwin
    cell: Cell
    hub_pending: int

    @property
    def pending(self):
        return self.hub_pending + self.twin.pending()

    @property
    def told(self):
        return self.recipients.delivered + self.recipients.reported + self.store.reported_to_dsp()

    @property
    def unaccounted(self):
        lost = self.cell.dropped_alerts + self.cell.lost_counts()
        return self.generated - self.told - self.pending - lost


def run(arrangement, policy, trace, wan=WIDE, end_ms=FAR_MS):
    """The accounts of `trace` through one arrangement; all counts have left by FAR_MS."""
    streams, hub_pending = [], 0
    for hub_id in range(HUBS):
        alerts = [a for a in messages(trace) if ORIGINATORS.index(a[1]) % HUBS == hub_id]
        if arrangement in ("hub", "layered"):
            north, pending = through_hub(policy, alerts, end_ms)
            hub_pending += pending
        else:
            north = [WanAlert(t, "PASS", None, message) for t, _, message in alerts]
        streams.append(departures(hub_id, north))
    has_throttle = arrangement in ("dsp", "layered")
    dsp_policy = policy if has_throttle else None
    store = Store()
    settings = DspSettings(policy=dsp_policy, device_capacity=10, key_capacity=100)
    twin, recipients, cell = DspTwin(store, settings), Recipients(), Cell(wan, "test")
    last_ms = end_ms
    for arrival in cell.carry(merged(*streams)):
        recipients.take(twin.on_arrival(arrival))
        last_ms = max(last_ms, arrival.at_ms)
    recipients.take(twin.finish(last_ms if end_ms < FAR_MS else last_ms + FAR_MS))
    return Accounts(len(trace), recipients, store, twin, cell, hub_pending)


def messages(trace):
    """(t, originator, message), each message with a counter of its own."""
    for number, (t, originator, target, code) in enumerate(trace):
        recipe = Recipe(code=code, counter=number, originator=originator, target=target)
        yield t, originator, gbcs.encode(make(recipe))


def through_hub(policy, alerts, end_ms):
    client = HubClient(SimPort())
    client.use_hosts_clock(0)
    client.set_policy(frame_values(policy))
    north = []
    for t, _, message in alerts:
        north += client.alert(t, message).north
    north += client.advance(end_ms)
    return north, client.counters()["unreported"]


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@settings(max_examples=60)
@given(policy=small_policies(), trace=traces())
def test_every_alert_is_accounted_for_once_all_has_ended(arrangement, policy, trace):
    accounts = run(arrangement, policy, trace)
    event("some reported", str(accounts.recipients.reported > 0))
    assert accounts.pending == 0
    assert accounts.told == accounts.generated


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@settings(max_examples=60)
@given(policy=small_policies(), trace=traces(), share=st.integers(0, 100))
def test_every_alert_is_accounted_for_while_counts_are_pending(arrangement, policy, trace, share):
    accounts = run(arrangement, policy, trace, end_ms=trace[-1][0] + share)
    event("pending at the hub", str(accounts.hub_pending > 0))
    event("pending at the DSP", str(accounts.twin.pending() > 0))
    assert accounts.unaccounted == 0


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@settings(max_examples=80)
@given(
    policy=small_policies(),
    trace=traces(),
    wan=st.builds(
        WanSettings,
        bytes_per_s=st.sampled_from((3000.0, 30000.0, 200000.0)),
        delay_ms=st.sampled_from((0, 7)),
        queue_bytes=st.sampled_from((60, 110, 250, 600)),
        loss=st.sampled_from((0.0, 0.3)),
    ),
)
def test_every_alert_is_accounted_for_where_the_wan_drops(arrangement, policy, trace, wan):
    accounts = run(arrangement, policy, trace, wan)
    event("counts lost", str(accounts.cell.lost_counts() > 0))
    event("alerts dropped", str(accounts.cell.dropped_alerts > 0))
    assert accounts.pending == 0
    assert accounts.unaccounted == 0


@settings(max_examples=30)
@given(policy=small_policies(), trace=traces())
def test_shadow_delivers_every_alert_in_every_arrangement(policy, trace):
    policy.shadow = 1
    for arrangement in ARRANGEMENTS:
        accounts = run(arrangement, policy, trace)
        assert accounts.recipients.delivered == accounts.generated
        assert accounts.twin.pending() == accounts.told - accounts.generated == 0


def storm():
    """A trace and a policy under which every arrangement suppresses, of three keys."""
    draw = random.Random(1)
    trace = [
        (t, draw.choice(ORIGINATORS[:2]), draw.choice(TARGETS[:2]), 0x8F3E)
        for t in range(0, 600, 2)
    ]
    return trace


def storm_policy():
    from traces import make_policy

    return make_policy(
        device_window_ms=50,
        amber_threshold=2,
        red_threshold=3,
        red_clear_threshold=1,
        code_window_ms=50,
        code_limit=2,
        code_clear_limit=1,
        sample_period_ms=20,
        flush_ms=200,
    )


@pytest.mark.parametrize("arrangement", ARRANGEMENTS[1:])
def test_taking_one_delivered_alert_from_the_sink_leaves_one_unaccounted_for(arrangement):
    accounts = run(arrangement, storm_policy(), storm())
    assert accounts.recipients.reported > 0
    accounts.recipients.users.first_ms_by_alert.popitem()
    assert accounts.unaccounted == 1


def test_hub_dsp_and_layered_tell_the_users_the_same_sum_of_alerts():
    told = set()
    for arrangement in ARRANGEMENTS[1:]:
        recipients = run(arrangement, storm_policy(), storm()).recipients
        told.add(recipients.delivered + recipients.reported)
    assert told == {len(storm())}


def test_layered_sends_fewer_alerts_to_users_than_the_hub_alone():
    hub = run("hub", storm_policy(), storm()).recipients.users
    layered = run("layered", storm_policy(), storm()).recipients.users
    assert layered.delivered < hub.delivered
