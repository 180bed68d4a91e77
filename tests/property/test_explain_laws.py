"""What `explain` says of an alert is what the hub then does."""

from collections import Counter

from hypothesis import given, settings

from stormbench.explain.why import next_alert
from stormbench.hub.sim import SimPort
from stormbench.link.client import HubClient
from stormbench.policy_file import frame_values, policy_in_frame
from stormbench.replay.run import message_of
from stormbench.replay.trace_file import Row
from traces import alert_lists, capacities, policies


def explained(policy, capacity, alerts):
    """Each alert's reason, asked for before it is sent, and what then came of it."""
    client = HubClient(SimPort())
    client.set_capacity(*capacity)
    client.set_policy(frame_values(policy))
    client.use_hosts_clock(0)
    for counter, (t, *key) in enumerate(alerts, 1):
        client.advance(t)
        reason = next_alert(client.key_state(*key), policy, key[2])
        yield reason, client.alert(t, message_of(Row(t, *key), counter))


def test_reason_gives_the_verdict_that_the_hub_gives():
    tally = Counter()

    @settings(max_examples=settings().max_examples)
    @given(policies(), capacities, alert_lists())
    def agree(policy, capacity, alerts):
        for reason, judged in explained(policy, capacity, alerts):
            assert reason.answer == judged.verdict, reason.sentence
            tally[reason.rule, reason.verdict] += 1

    agree()
    print("\nexplained:", sorted(tally.items()))
    assert {("4.2", "PASS"), ("4.3", "PASS"), ("4.3", "SAMPLE"), ("7", "PASS")} <= tally.keys()
    assert {("4.4", "SAMPLE"), ("4.4", "SUPPRESS")} <= tally.keys()


def test_every_event_that_an_alert_brings_about_is_foretold_beside_its_reason():
    tally: Counter[str] = Counter()
    foretold = {
        "INCIDENT_OPEN": "opens a",
        "INCIDENT_ESCALATE": "escalates its incident",
        "OVERLOAD_START": "OVERLOAD_START leaves",
    }

    @settings(max_examples=settings().max_examples // 2)
    @given(policies(), capacities, alert_lists())
    def agree(policy, capacity, alerts):
        for reason, judged in explained(policy, capacity, alerts):
            text = " ".join(reason.besides)
            names = {item.event for item in judged.north if hasattr(item, "event")}
            for event, words in foretold.items():
                assert (event in names) == (words in text), (event, text)
                tally[event] += event in names

    agree()
    assert all(tally[event] for event in foretold), tally


@given(policies())
def test_policy_that_a_hub_tells_is_the_one_that_it_was_given(policy):
    client = HubClient(SimPort())
    client.set_policy(frame_values(policy))
    assert vars(policy_in_frame(client.policy())) == vars(policy)


@settings(max_examples=settings().max_examples // 2)
@given(policies(), capacities, alert_lists())
def test_asking_changes_no_verdict(policy, capacity, alerts):
    client = HubClient(SimPort())
    client.set_capacity(*capacity)
    client.set_policy(frame_values(policy))
    client.use_hosts_clock(0)
    unasked = []
    for counter, (t, *key) in enumerate(alerts, 1):
        unasked.append(client.alert(t, message_of(Row(t, *key), counter)).verdict)
    asked = [judged.verdict for _, judged in explained(policy, capacity, alerts)]
    assert asked == unasked
