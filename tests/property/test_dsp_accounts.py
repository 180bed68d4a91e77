"""Every alert is in exactly one account, wherever it is throttled and whatever the WAN drops."""

import functools
import random
from dataclasses import dataclass, replace

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from commshub.policy import COUNT, Policy
from hubwire import gbcs
from hubwire.gbcs_make import Recipe, make
from hubwire.identities import ACCESS_CONTROL_BROKER, NETWORK_OPERATOR, SUPPLIER
from stormbench.dsp import duis
from stormbench.dsp.store import Store
from stormbench.dsp.twin import DspSettings, DspTwin
from stormbench.dsp.users import Recipients
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient
from stormbench.link.northbound import WanAlert
from stormbench.policy_file import frame_values
from stormbench.wan.cell import Cell, WanSettings
from stormbench.wan.departure import departures, merged
from traces import make_policy, policies

ORIGINATORS = tuple(bytes.fromhex(f"00DB12345678900{n}") for n in range(4))
TARGETS = (SUPPLIER, NETWORK_OPERATOR, ACCESS_CONTROL_BROKER)
CODES = (0x81A0, 0x8F3E, 0x8F66, 0x8F72, 0x8001)
ARRANGEMENTS = ("none", "hub", "dsp", "layered")
HUBS = 2
WIDE = WanSettings(bytes_per_s=1e9, delay_ms=3, queue_bytes=10**9)
each_costly = settings(max_examples=settings().max_examples // 8)
FAR_MS = 10**9  # after the longest window of any policy here has closed many times


keys = st.tuples(st.sampled_from(ORIGINATORS), st.sampled_from(TARGETS), st.sampled_from(CODES))


@st.composite
def traces(draw):
    """(t, originator, target, code) in order of time, in bursts of few keys: storms."""
    storming = draw(st.lists(keys, min_size=1, max_size=4))
    bursts = st.tuples(
        st.sampled_from((0, 1, 5, 20, 60)),
        st.sampled_from((0, 0, 1, 3)),
        st.integers(1, 20),
        st.sampled_from(storming),
    )
    trace, t = [], 0
    for wait_ms, spacing_ms, copies, key in draw(st.lists(bursts, min_size=2, max_size=10)):
        t += wait_ms
        for _ in range(copies):
            trace.append((t, *key))
            t += spacing_ms
    return trace


def small_policies():
    """Policies with short windows and low limits; 8F66 is throttled too, and 8F72 is not."""
    return policies(shadow=0, excluded_codes={0x8F72})


@dataclass
class Accounts:
    """One run's terms, each from the part that counts it."""

    generated: int
    recipients: Recipients
    reported_to_dsp: int
    twin: DspTwin
    cell: Cell
    hub_pending: int

    @property
    def pending(self):
        return self.hub_pending + self.twin.pending()

    @property
    def told(self):
        return self.recipients.delivered + self.recipients.reported + self.reported_to_dsp

    @property
    def unaccounted(self):
        lost = self.cell.dropped_alerts + self.cell.lost_counts()
        return self.generated - self.told - self.pending - lost


@dataclass
class World:
    """Where the throttles are, and what the WAN between them is like."""

    arrangement: str
    hub_policy: Policy
    dsp_policy: Policy
    wan: WanSettings = WIDE

    def run(self, trace, end_ms=FAR_MS):
        """The accounts of `trace`; all counts have left by FAR_MS."""
        raised, streams, hub_pending = list(messages(trace)), [], 0
        for hub_id in range(HUBS):
            alerts = [a for a in raised if ORIGINATORS.index(a[1]) % HUBS == hub_id]
            north, pending = self._through_hub(alerts, end_ms)
            hub_pending += pending
            streams.append(departures(hub_id, north))
        recipients, cell = Recipients(), Cell(self.wan, "test")
        with Store() as store:
            twin = DspTwin(store, self._dsp_settings())
            last_ms = end_ms
            for arrival in cell.carry(merged(*streams)):
                recipients.take(twin.on_arrival(arrival))
                last_ms = max(last_ms, arrival.at_ms)
            recipients.take(twin.finish(last_ms if end_ms < FAR_MS else last_ms + FAR_MS))
            kept = store.reported_to_dsp()
        return Accounts(len(trace), recipients, kept, twin, cell, hub_pending)

    def _through_hub(self, alerts, end_ms):
        if self.arrangement not in ("hub", "layered"):
            return [WanAlert(t, "PASS", None, message) for t, _, message in alerts], 0
        client = HubClient(SimPort())
        client.use_hosts_clock(0)
        client.set_policy(frame_values(self.hub_policy))
        north = []
        for t, _, message in alerts:
            north += client.alert(t, message).north
        north += client.advance(end_ms)
        return north, client.counters()["unreported"]

    def _dsp_settings(self):
        policy = self.dsp_policy if self.arrangement in ("dsp", "layered") else None
        return DspSettings(policy=policy, device_capacity=10, key_capacity=100)


def messages(trace):
    """(t, originator, message), each message with a counter of its own."""
    for number, (t, *key) in enumerate(trace):
        message = a_message(*key)
        at = message.index(b"\xdf\x09\x03") + 3  # the originator counter, u64
        yield t, key[0], message[:at] + number.to_bytes(8, "big") + message[at + 8 :]


@functools.cache
def a_message(originator, target, code):
    return gbcs.encode(make(Recipe(code=code, originator=originator, target=target)))


worlds = st.builds(World, st.just(""), small_policies(), small_policies())
narrow_wans = st.builds(
    WanSettings,
    bytes_per_s=st.sampled_from((3000.0, 30000.0, 200000.0)),
    delay_ms=st.sampled_from((0, 7)),
    queue_bytes=st.sampled_from((60, 110, 250, 600)),
    loss=st.sampled_from((0.0, 0.3)),
)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@each_costly
@given(world=worlds, trace=traces())
def test_every_alert_is_accounted_for_once_all_has_ended(arrangement, world, trace):
    accounts = replace(world, arrangement=arrangement).run(trace)
    assert accounts.pending == 0
    assert accounts.told == accounts.generated


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@each_costly
@given(world=worlds, trace=traces(), wait_ms=st.sampled_from((0, 1, 3, 10)))
def test_every_alert_is_accounted_for_while_counts_wait(arrangement, world, trace, wait_ms):
    accounts = replace(world, arrangement=arrangement).run(trace, trace[-1][0] + wait_ms)
    event("waiting at the hub", str(accounts.hub_pending > 0))
    event("waiting at the DSP", str(accounts.twin.pending() > 0))
    assert accounts.unaccounted == 0


@pytest.mark.parametrize("arrangement", ARRANGEMENTS)
@each_costly
@given(world=worlds, trace=traces(), wan=narrow_wans)
def test_every_alert_is_accounted_for_where_the_wan_drops(arrangement, world, trace, wan):
    accounts = replace(world, arrangement=arrangement, wan=wan).run(trace)
    event("counts lost", str(accounts.cell.lost_counts() > 0))
    event("alerts dropped", str(accounts.cell.dropped_alerts > 0))
    assert accounts.pending == 0
    assert accounts.unaccounted == 0


@each_costly
@given(world=worlds, trace=traces())
def test_shadow_delivers_every_alert_in_every_arrangement(world, trace):
    world.hub_policy.shadow = world.dsp_policy.shadow = 1
    for arrangement in ARRANGEMENTS:
        accounts = replace(world, arrangement=arrangement).run(trace)
        assert accounts.recipients.delivered == accounts.generated
        assert accounts.told == accounts.generated
        assert accounts.twin.pending() == 0


# By example.


def storm():
    """600 ms in which two meters raise 300 alerts, for two parties each."""
    draw = random.Random(1)
    return [
        (t, draw.choice(ORIGINATORS[:2]), draw.choice(TARGETS[:2]), 0x8F3E)
        for t in range(0, 600, 2)
    ]


def stormy_world(arrangement, **dsp_fields):
    """A world in which every throttle suppresses most of `storm`."""
    numbers = {
        "device_window_ms": 50,
        "amber_threshold": 2,
        "red_threshold": 3,
        "red_clear_threshold": 1,
        "code_window_ms": 50,
        "code_limit": 2,
        "code_clear_limit": 1,
        "sample_period_ms": 20,
        "flush_ms": 200,
    }
    hub_policy, dsp_policy = make_policy(**numbers), make_policy(**numbers, **dsp_fields)
    return World(arrangement, hub_policy, dsp_policy)


@pytest.mark.parametrize("arrangement", ARRANGEMENTS[1:])
def test_taking_one_delivered_alert_from_the_sink_leaves_one_unaccounted_for(arrangement):
    accounts = stormy_world(arrangement).run(storm())
    accounts.recipients.users.first_ms_by_alert.popitem()
    assert accounts.unaccounted == 1


@pytest.mark.parametrize("arrangement", ARRANGEMENTS[1:])
def test_adding_one_to_a_count_leaves_minus_one_unaccounted_for(arrangement, monkeypatch):
    build = duis.build

    def build_one_more(alert, message, sent_at, report):
        if report is not None and report.count:
            monkeypatch.undo()
            report = replace(report, count=report.count + 1)
        return build(alert, message, sent_at, report)

    monkeypatch.setattr(duis, "build", build_one_more)
    assert stormy_world(arrangement).run(storm()).unaccounted == -1


def test_hub_dsp_and_layered_tell_the_users_of_the_same_number_of_alerts():
    told = set()
    for arrangement in ARRANGEMENTS[1:]:
        recipients = stormy_world(arrangement).run(storm()).recipients
        assert recipients.reported > 0
        told.add(recipients.delivered + recipients.reported)
    assert told == {len(storm())}


def test_counts_of_samples_that_the_dsp_suppresses_reach_the_users():
    hub = stormy_world("hub").run(storm()).recipients
    layered = stormy_world("layered", sample_mode=COUNT, sample_every=5).run(storm()).recipients
    assert layered.delivered < hub.delivered
    assert layered.delivered + layered.reported == len(storm())
