"""A storm into several hubs at once."""

import _thread
import signal
from collections.abc import Iterator
from dataclasses import replace
from threading import Event

import pytest
from pytest_mock import MockerFixture

from hubwire.framing import Frame, Receiver
from inject_bench import scenario
from stormbench.errors import ExitCode, InvalidInput
from stormbench.inject.files import alerts_of
from stormbench.inject.plan import plan_of, storms_of
from stormbench.inject.run import exit_code, inject, opened, summed

PATIENCE_S = 5


def test_each_hub_has_a_result_and_they_have_a_sum() -> None:
    with opened(["sim", "sim"]) as hubs:
        results = inject(hubs, storms_of(plan_of(scenario(hubs=2), 2)))
    assert [result["sent"] for result in results] == [10, 10]
    assert (summed(results)["sent"], summed(results)["unaccounted"]) == (20, 0)


@pytest.fixture
def hears_ctrl_c() -> Iterator[None]:
    """What runs in the background may have been started deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("hears_ctrl_c")
def test_ctrl_c_stops_all_hubs_with_whole_accounts() -> None:
    stopped = Event()

    def press(_: int) -> None:
        if not stopped.is_set():
            _thread.interrupt_main()
            stopped.wait(PATIENCE_S)

    with opened(["sim"]) as hubs:
        results = inject(hubs, storms_of(plan_of(scenario(), 1)), press, stopped.set)
    total = summed(results)
    assert total["sent"] + total["not_sent"] == total["intended"] == 10
    assert total["not_sent"] > 0 == total["unaccounted"]
    assert exit_code(results) == ExitCode.INTERRUPTED


@pytest.mark.parametrize(
    "term",
    [
        *("intended", "not_sent", "sent", "unacknowledged", "forwarded", "reported"),
        *("suppressed", "pending", "gave_way", "lost_at_reset", "unaccounted"),
    ],
)
def test_sum_has_each_term_of_the_account(term: str) -> None:
    with opened(["sim", "sim"]) as hubs:
        results = inject(hubs, storms_of(plan_of(scenario(), 2)))
    for result, value in zip(results, (3, 4), strict=True):
        result.facts[term] = value
    assert summed(results)[term] == 7


def test_what_one_hub_cannot_say_is_not_summed() -> None:
    with opened(["sim", "sim"]) as hubs:
        results = inject(hubs, storms_of(plan_of(scenario(), 2)))
    results[0].facts["unaccounted"] = None
    assert summed(results)["unaccounted"] is None


@pytest.mark.parametrize(
    ("codes", "whole"),
    [
        ((ExitCode.DONE, ExitCode.DONE), ExitCode.DONE),
        ((ExitCode.DONE, ExitCode.TIMEOUT), ExitCode.TIMEOUT),
        ((ExitCode.FAILED, ExitCode.INTERRUPTED), ExitCode.INTERRUPTED),
    ],
)
def test_exit_code_of_the_whole_is_that_it_was_stopped_else_the_first_failure(
    codes: tuple[ExitCode, ...], whole: ExitCode
) -> None:
    with opened(["sim"]) as hubs:
        (result,) = inject(hubs, storms_of(plan_of(scenario(), 1)))
    assert exit_code([replace(result, exit_code=code) for code in codes]) == whole


def test_hubs_are_let_go_of_even_where_the_run_fails(mocker: MockerFixture) -> None:
    with pytest.raises(InvalidInput), opened(["sim", "sim"]) as hubs:
        closes = [mocker.spy(hub.client.port, "close") for hub in hubs]
        raise InvalidInput("in the middle")
    assert [close.call_count for close in closes] == [1, 1]


def test_each_alert_is_told_with_its_times_and_whether_it_was_forwarded() -> None:
    with opened(["sim"]) as hubs:
        (result,) = inject(hubs, storms_of(plan_of(scenario(per_hour=36_000, count=40), 1)))
    result.course.judged_us = [at_us + 7 for at_us in result.course.sent_us]
    alerts = list(alerts_of(result))
    assert all(each["judged_us"] == each["sent_us"] + 7 for each in alerts)
    assert {(each["verdict"], each["forwarded"]) for each in alerts} == {
        ("PASS", True),
        ("SAMPLE", True),
        ("SUPPRESS", False),
    }


def test_hub_sends_nothing_again_while_no_alert_is_due_to_acknowledge_it(
    mocker: MockerFixture,
) -> None:
    with opened(["sim"]) as hubs:
        heard = mocker.spy(hubs[0].client.port, "read")
        inject(hubs, storms_of(plan_of(scenario(), 1)))
    receiver = Receiver()
    heard_frames = [frame for chunk in heard.spy_return_list for frame in receiver.feed(chunk)]
    frames = [frame for frame in heard_frames if isinstance(frame, Frame)]
    numbers = [frame.seq for frame in frames if frame.name == "WanAlert"]
    assert len(numbers) == len(set(numbers)) == 10
