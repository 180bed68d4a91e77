"""What a host knows of its alerts: what was forwarded and never came, over restarts too."""

from stormbench.link.ledger import Ledger


def ledger(verdicts: str = "", came: int = 0) -> Ledger:
    """A ledger of verdicts, by their first letters (`X` is SUPPRESS), and of what came north."""
    made = Ledger()
    made.begin(0)
    judge(made, verdicts)
    for _ in range(came):
        made.on_forwarded()
    return made


def judge(made: Ledger, verdicts: str) -> None:
    names = {"P": "PASS", "S": "SAMPLE", "X": "SUPPRESS"}
    for letter in verdicts:
        made.on_verdict(names[letter])


def test_verdicts_are_counted() -> None:
    assert ledger("PPSXXX").verdicts == {"PASS": 2, "SAMPLE": 1, "SUPPRESS": 3}


def test_what_was_forwarded_and_has_not_come_is_on_the_way() -> None:
    assert ledger("PPSXXX", came=1).on_the_way == 2


def test_nothing_is_on_the_way_once_all_has_come() -> None:
    assert ledger("PSX", came=2).on_the_way == 0


def test_what_gave_way_is_not_on_the_way_any_more() -> None:
    made = ledger("PPP", came=1)
    made.on_gave_way(2)
    assert (made.on_the_way, made.gave_way) == (0, 2)


def test_hub_says_its_own_total_of_what_gave_way() -> None:
    made = ledger("PPP")
    made.on_gave_way(1)
    made.on_gave_way(2)
    assert (made.gave_way, made.on_the_way) == (2, 1)


def test_what_gave_way_before_the_hub_was_met_is_none_of_ours() -> None:
    made = Ledger()
    made.begin(40)
    judge(made, "PPP")
    made.on_gave_way(41)
    assert (made.gave_way, made.on_the_way) == (1, 2)


def test_what_was_on_the_way_when_the_hub_restarted_is_lost() -> None:
    made = ledger("PPPX", came=1)
    made.on_restart(0)
    assert (made.restarts, made.lost_forwards, made.on_the_way) == (1, 2, 0)


def test_restart_with_nothing_on_the_way_loses_nothing() -> None:
    made = ledger("PPX", came=2)
    made.on_restart(0)
    assert (made.restarts, made.lost_forwards) == (1, 0)


def test_what_gave_way_before_a_restart_is_not_lost_twice() -> None:
    made = ledger("PPPP", came=1)
    made.on_gave_way(2)
    made.on_restart(0)
    assert (made.gave_way, made.lost_forwards) == (2, 1)


def test_each_boot_counts_anew_what_gave_way_and_the_total_goes_on() -> None:
    made = Ledger()
    made.begin(40)
    judge(made, "PPPP")
    made.on_gave_way(43)
    made.on_restart(0)
    judge(made, "PPP")
    made.on_gave_way(2)
    assert (made.gave_way, made.on_the_way, made.lost_forwards) == (5, 1, 1)


def test_what_gave_way_in_the_new_boot_before_it_was_met_is_counted() -> None:
    made = ledger("P", came=1)
    made.on_restart(3)
    assert made.gave_way == 3


def test_losses_of_several_restarts_add_up() -> None:
    made = ledger("PPX", came=1)
    made.on_restart(0)
    judge(made, "PPS")
    made.on_restart(0)
    assert (made.restarts, made.lost_forwards) == (2, 4)
    assert made.verdicts == {"PASS": 4, "SAMPLE": 1, "SUPPRESS": 1}
