"""Faults put into a link: what each one does to a frame, to time and to the link itself."""

import json

import pytest

from scripted_port import ScriptedHub, ScriptedPort
from stormbench.errors import InvalidInput, LinkLost
from stormbench.faults.inject import inject_faults
from stormbench.faults.lane import REORDER_WAIT_MS
from stormbench.faults.plan import FaultPlan
from stormbench.faults.units import LARGEST_BYTES, QUIET_MS
from stormbench.link.port import Cable, PowerSwitch

A, B, C = b"frame a\0\0", b"frame b\0\0", b"frame c\0\0"
NUDGE = bytes(16)


def faulty(port=None, seed=7, **plan):
    return inject_faults(port or ScriptedHub(), FaultPlan(**plan), seed)


def read_all(port, times=20):
    return b"".join(port.read(100) for _ in range(times))


# As a test engineer uses it.


def test_a_run_says_how_often_each_fault_fired_on_which_side():
    hub = ScriptedHub()
    port = inject_faults(hub, FaultPlan(drop=0.2, stalls=1, frames=100), seed=7)
    for _ in range(100):
        port.write(A)
    dropped = 100 - hub.octets.count(A)
    assert port.counts.fired("drop", "to_hub") == dropped > 0
    assert port.counts.fired("stall", "to_host") == 1
    assert port.outstanding == 0
    assert json.loads(json.dumps(port.counts.as_dict()))["fired"]["drop"] == {
        "to_hub": dropped,
        "to_host": 0,
    }


# Faults of one frame, on its way to the hub.


def test_without_faults_frames_go_on_at_once():
    port = faulty()
    port.write(NUDGE + A + B + b"text")
    assert port.port.written == [(0, NUDGE + A + B + b"text")]


def test_a_dropped_frame_does_not_come():
    port = faulty(drop=1)
    port.write(A)
    assert port.port.octets == b""


def test_delimiters_alone_are_no_frame_and_have_no_fault():
    port = faulty(drop=1)
    port.write(NUDGE)
    assert port.port.octets == NUDGE
    assert port.counts.frames["to_hub"] == 0


def test_a_corrupted_frame_differs_in_one_byte():
    port = faulty(corrupt=1)
    port.write(A)
    differing = [one for one, other in zip(port.port.octets, A, strict=True) if one != other]
    assert len(differing) == 1


def test_corruption_reaches_every_byte_of_a_frame_and_its_delimiters():
    port = faulty(corrupt=1)
    for _ in range(200):
        port.write(A)
    came = [burst for _, burst in port.port.written]
    assert {at for burst in came for at in range(len(A)) if burst[at] != A[at]} == set(
        range(len(A))
    )


def test_a_duplicated_frame_comes_twice():
    port = faulty(duplicate=1)
    port.write(A)
    assert port.port.octets == A + A


def test_a_reordered_frame_comes_after_the_next_one():
    port = faulty(reorder=1)
    port.write(A)
    port.write(B)
    assert port.port.octets == B + A
    assert port.counts.fired("reorder", "to_hub") == 1


def test_a_frame_that_nothing_overtakes_goes_on_alone_after_a_while():
    port = faulty(reorder=1)
    port.write(A)
    port.pass_ms(1_000)
    assert port.port.written == [(REORDER_WAIT_MS, A)]
    assert (port.counts.fired("reorder"), port.counts.fired("reorder_alone")) == (0, 1)


def test_of_a_cut_frame_a_first_part_comes_without_a_delimiter():
    port = faulty(cut=1)
    for _ in range(100):
        port.write(A)
    came = {burst for _, burst in port.port.written}
    assert came == {A[:length] for length in range(1, 8)}


def test_a_delayed_frame_comes_within_the_longest_delay():
    port = faulty(delay=1, delay_ms=300)
    port.write(A)
    assert port.port.octets == b""
    port.pass_ms(300)
    ((at_ms, burst),) = port.port.written
    assert (burst, 0 < at_ms <= 300) == (A, True)


def test_what_is_behind_a_delayed_frame_waits_for_it():
    hub = ScriptedHub()
    port = faulty(hub, delay=0.5, delay_ms=500)
    frames = [b"%d\0" % number for number in range(50)]
    for frame in frames:
        port.write(frame)
    port.pass_ms(1_000)
    assert hub.octets == b"".join(frames)
    assert 0 < port.counts.fired("delay") < 50


def test_a_plan_for_one_side_leaves_the_other_alone():
    hub = ScriptedHub()
    port = faulty(hub, drop=1, side="to_host")
    hub.say(B)
    port.write(A)
    assert (hub.octets, read_all(port)) == (A, b"")
    assert (port.counts.fired("drop", "to_host"), port.counts.fired("drop", "to_hub")) == (1, 0)


# On the way to the host.


@pytest.mark.parametrize(
    ("plan", "comes"),
    [({"drop": 1}, b""), ({"duplicate": 1}, A + A + B + B), ({"reorder": 1}, B + A)],
)
def test_frames_from_the_hub_have_the_same_faults(plan, comes):
    hub = ScriptedHub()
    hub.say(A[:3])
    hub.say(A[3:] + B)
    assert read_all(faulty(hub, **plan)) == comes


def test_read_waits_on_while_what_came_is_dropped():
    hub = ScriptedHub()
    hub.say(A, at_ms=10)
    port = faulty(hub, drop=1)
    assert port.read(100) == b""
    assert hub.at_ms == 100


def test_read_returns_when_what_was_delayed_is_due():
    hub = ScriptedHub()
    hub.say(A)
    port = faulty(hub, delay=1, delay_ms=50)
    assert port.read(10_000) == A
    assert 0 < hub.at_ms <= 50


def test_read_ends_at_its_deadline_though_something_is_held_for_later():
    hub = ScriptedHub()
    hub.say(A)
    port = faulty(hub, reorder=1)
    assert port.read(REORDER_WAIT_MS - 1) == b""
    assert hub.at_ms == REORDER_WAIT_MS - 1


def test_read_lets_go_what_is_held_on_its_way_to_the_hub():
    port = faulty(reorder=1)
    port.write(A)
    port.read(1_000)
    assert port.port.written == [(REORDER_WAIT_MS, A)]


def test_read_without_waiting_takes_what_is_there():
    hub = ScriptedHub()
    hub.say(A)
    port = faulty(hub)
    assert (port.read(0), port.read(0), hub.at_ms) == (A, b"", 0)


def test_read_ends_on_a_port_that_says_nothing_and_whose_clock_stands_still():
    class Silent(ScriptedHub):
        def read(self, timeout_ms: int) -> bytes:
            return b""

    hub = Silent()
    port = faulty(hub, reorder=1)
    port.write(A)
    assert port.read(1_000) == b""
    assert hub.octets == A


def test_text_without_a_delimiter_comes_after_a_short_silence():
    hub = ScriptedHub()
    hub.say(b">>> ")
    assert faulty(hub).read(1_000) == b">>> "
    assert hub.at_ms == QUIET_MS


def test_pieces_of_a_frame_that_come_before_the_silence_are_one_frame():
    hub = ScriptedHub()
    hub.say(A[:3])
    hub.say(A[3:], at_ms=QUIET_MS - 1)
    port = faulty(hub)
    assert port.read(1_000) == A
    assert port.counts.frames["to_host"] == 1


def test_garbage_without_end_is_passed_on_and_not_collected():
    hub = ScriptedHub()
    for _ in range(LARGEST_BYTES):
        hub.say(b"x")
    assert faulty(hub).read(1_000) == b"x" * LARGEST_BYTES
    assert hub.at_ms == 0


# The seed.


def dropped_by(seed):
    """What the hub gets of a hundred frames, half of which are dropped."""
    port = faulty(seed=seed, drop=0.5)
    for number in range(100):
        port.write(b"%d\0" % number)
    return port.port.octets


def test_the_same_seed_has_the_same_faults():
    assert dropped_by(7) == dropped_by(7)


def test_another_seed_has_other_faults():
    assert dropped_by(7) != dropped_by(8)


# The link itself.


def test_a_disconnect_pulls_the_cable_for_its_time_and_the_port_is_lost_until_reopened():
    hub = ScriptedHub()
    port = faulty(hub, disconnects=1, disconnect_ms=700, frames=1)
    with pytest.raises(LinkLost, match=r"script with faults.*the cable was pulled"):
        port.write(A)
    assert hub.done == ["unplug at 0", "plug at 700"]
    with pytest.raises(LinkLost, match="open it again"):
        port.read(10)
    port.reopen()
    port.write(B)
    assert (hub.octets, port.counts.fired("disconnect", "cable")) == (B, 1)


def test_a_disconnect_of_a_port_without_a_cable_of_ours_takes_the_link_away_too():
    plain = ScriptedPort()
    port = faulty(plain, disconnects=1, disconnect_ms=700, frames=1)
    with pytest.raises(LinkLost):
        port.write(A)
    port.reopen()
    assert (plain.octets, plain.at_ms, plain.opened) == (b"", 700, 1)


def test_what_was_held_when_the_link_is_lost_is_gone_and_counted():
    hub = ScriptedHub()
    hub.say(A)
    port = faulty(hub, delay=1)
    port.write(B)
    assert port.read(0) == b""
    hub.is_lost = True
    with pytest.raises(LinkLost):
        port.read(0)
    assert port.counts.discarded == {"to_hub": 1, "to_host": 1}
    port.reopen()
    port.pass_ms(1_000)
    assert (hub.octets, read_all(port)) == (b"", b"")


def test_what_follows_in_a_burst_that_loses_the_link_is_gone_and_counted():
    port = faulty(resets=1, frames=1)
    with pytest.raises(LinkLost):
        port.write(A + B + C)
    assert port.counts.discarded["to_hub"] == port.counts.frames["to_hub"] == 3


def test_a_stall_lets_its_time_pass_after_the_frame_was_sent():
    hub = ScriptedHub()
    hub.say(B, at_ms=10)
    port = faulty(hub, stalls=1, stall_ms=60_000, frames=1)
    port.write(A)
    assert (hub.written, hub.at_ms) == ([(0, A)], 60_000)
    assert port.read(0) == B


def test_a_reset_cuts_the_power_instead_of_the_frame():
    hub = ScriptedHub()
    port = faulty(hub, resets=1, frames=1)
    with pytest.raises(LinkLost, match="the hub's power was cut, on purpose"):
        port.write(A)
    assert (hub.done, hub.octets, port.counts.fired("reset", "hub")) == (["power_cut"], b"", 1)


def test_a_reset_in_a_frame_cuts_the_power_after_a_part_of_it():
    hub = ScriptedHub()
    port = faulty(hub, resets_in_frame=1, frames=1)
    with pytest.raises(LinkLost):
        port.write(A)
    assert hub.octets in [A[:length] for length in range(1, 8)]
    assert hub.done == ["power_cut"]
    assert port.counts.fired("reset_in_frame", "hub") == 1


def test_a_reset_in_a_save_is_armed_and_counts_when_the_link_is_lost():
    hub = ScriptedHub()
    port = faulty(hub, resets_in_save=1, frames=1)
    port.write(A)
    assert (hub.octets, port.counts.fired("reset_in_save_armed")) == (A, 1)
    assert port.counts.fired("reset_in_save") == 0
    hub.save()
    with pytest.raises(LinkLost):
        port.read(0)
    assert port.counts.fired("reset_in_save") == 1


def test_the_next_reset_in_a_save_waits_for_the_one_before():
    hub = ScriptedHub()
    port = faulty(hub, resets_in_save=2, frames=2)
    port.write(A + B)
    assert len(hub.armed) == 1
    hub.save()
    with pytest.raises(LinkLost):
        port.write(C)
    port.reopen()
    assert len(hub.armed) == 2
    assert port.counts.fired("reset_in_save_armed") == 2


@pytest.mark.parametrize("loss", ["unplug", "power_cut"])
def test_a_reset_in_a_save_that_another_loss_may_have_hidden_is_armed_again(loss):
    hub = ScriptedHub()
    port = faulty(hub, resets_in_save=1, frames=1)
    port.write(A)
    getattr(port, loss)()
    with pytest.raises(LinkLost):
        port.read(0)
    port.reopen()
    assert len(hub.armed) == 2
    assert (port.counts.fired("reset_in_save_armed"), port.counts.fired("reset_in_save")) == (1, 0)


@pytest.mark.parametrize("field", ["resets", "resets_in_frame", "resets_in_save"])
def test_resets_of_a_hub_whose_power_is_not_ours_are_refused(field):
    with pytest.raises(InvalidInput, match=r"whose power can be cut.*got script: set resets"):
        faulty(ScriptedPort(), **{field: 1})


# What the wrapped port can do besides.


def test_a_port_with_faults_has_a_switch_and_a_cable_where_the_wrapped_one_has():
    port = faulty(ScriptedHub())
    assert isinstance(port, PowerSwitch)
    assert isinstance(port, Cable)


def test_a_port_with_faults_has_no_switch_and_no_cable_where_the_wrapped_one_has_none():
    port = faulty(ScriptedPort())
    assert not isinstance(port, PowerSwitch)
    assert not isinstance(port, Cable)


def test_a_power_cut_of_the_caller_reaches_the_hub_and_is_no_fault():
    hub = ScriptedHub()
    port = faulty(hub, reorder=1)
    port.write(A)
    port.power_cut()
    with pytest.raises(LinkLost):
        port.read(0)
    assert hub.done == ["power_cut"]
    assert port.counts.fired("reset") == 0
    assert port.counts.discarded["to_hub"] == 1


def test_what_the_caller_does_to_the_cable_reaches_the_hub():
    hub = ScriptedHub()
    port = faulty(hub)
    port.unplug()
    port.plug()
    port.power_cut_in_save(0.25)
    assert hub.done == ["unplug at 0", "plug at 0", "power_cut_in_save"]
    assert hub.armed == [0.25]


def test_closing_closes_the_wrapped_port():
    port = faulty()
    port.close()
    port.close()
    assert port.port.is_closed
