"""A storm into several hubs at once."""

import _thread
from threading import Event

from inject_bench import scenario
from stormbench.errors import ExitCode
from stormbench.inject.plan import storms_of
from stormbench.inject.run import exit_code, inject, opened, summed

PATIENCE_S = 5


def test_each_hub_has_a_result_and_they_have_a_sum() -> None:
    with opened(["sim", "sim"]) as hubs:
        results = inject(hubs, storms_of(scenario(hubs=2), 2))
    assert [result["sent"] for result in results] == [10, 10]
    assert (summed(results)["sent"], summed(results)["unaccounted"]) == (20, 0)


def test_ctrl_c_stops_all_hubs_with_whole_accounts() -> None:
    stopped = Event()

    def press(_: int) -> None:
        if not stopped.is_set():
            _thread.interrupt_main()
            stopped.wait(PATIENCE_S)

    with opened(["sim"]) as hubs:
        results = inject(hubs, storms_of(scenario(), 1), press, stopped.set)
    total = summed(results)
    assert total["sent"] + total["not_sent"] == total["intended"] == 10
    assert total["not_sent"] > 0 == total["unaccounted"]
    assert exit_code(results) == ExitCode.INTERRUPTED


def test_what_one_hub_cannot_say_is_not_summed() -> None:
    with opened(["sim", "sim"]) as hubs:
        results = inject(hubs, storms_of(scenario(), 2))
    results[0].facts["unaccounted"] = None
    assert summed(results)["unaccounted"] is None
