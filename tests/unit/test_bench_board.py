"""What the board has measured, put together: figures, reasons, and the text for people."""

from contextlib import contextmanager

import pytest

from stormbench.bench import board_figures
from stormbench.bench.board_figures import BOARD_KEYS, STEPS, measure_board
from stormbench.bench.link_figures import Effort
from stormbench.bench.text import text_of

SPREAD = {"p50": 1, "p99": 2, "max": 3}
RATES = {"forwarded_alerts_per_s": 500.0, "sampled_alerts_per_s": 450.0}
RATES |= {"suppressed_alerts_per_s": 1_000.0}
EFFORT = Effort([85], 5_000, 10, 100)


@pytest.fixture
def asked(mocker):
    """Alerts that were asked of the board, by what for."""
    asked = {}

    @contextmanager
    def session(client, probes, repl_port):
        yield None

    def staged(session, port, outcome, size, alerts):
        asked[f"stages {outcome}"] = alerts
        sum_us = 990.0 if outcome == "suppressed" else 2_100.0
        return {"stages": [{"name": "all", "us": sum_us}], "sum_us": sum_us, "alloc_bytes": 7}

    def naive(session, outcome, size, alerts):
        asked[f"naive {outcome}"] = alerts
        return 70.04

    decision = {"decision_us": SPREAD, "decision_alloc_bytes": 192}
    one = {"used_bytes": 93_520, "free_bytes": 151_648, "collect_us": 16_754}
    mocker.patch.object(board_figures, "probed", session)
    mocker.patch.object(board_figures, "measure_decision", return_value=decision)
    mocker.patch.object(board_figures, "measure_map", return_value={"16": one})
    mocker.patch.object(board_figures, "measure_stages", staged)
    mocker.patch.object(board_figures, "measure_naive", naive)
    return asked


def board_of(mocker, transport="usb_repl", steps=None):
    client = mocker.Mock(hello=mocker.Mock(transport=transport))
    done = [] if steps is None else steps
    return measure_board(client, EFFORT, RATES, None, lambda: done.append(1))


def test_board_has_all_figures_of_one(asked, mocker):
    steps = []
    found = board_of(mocker, steps=steps)
    assert all(found[name] is not None for name in BOARD_KEYS)
    assert len(steps) == STEPS


def test_stages_are_held_against_the_rate_of_their_outcome(asked, mocker):
    off = board_of(mocker)["stages_off_percent"]
    assert off == {"forwarded": 5.0, "suppressed": -1.0}


def test_longer_run_for_rates_is_no_longer_run_on_the_board(asked, mocker):
    board_of(mocker)
    assert set(asked.values()) == {1_000}


def test_plain_filter_is_not_there_where_the_link_is_another_one(asked, mocker):
    found = board_of(mocker, "uart")
    names = [name for name in BOARD_KEYS if name.startswith("naive_")]
    assert [found[name] for name in names] == [None, None]
    assert sorted(found["reasons"]) == names


def test_text_tells_of_the_board_what_was_measured(asked, mocker):
    limits = {outcome: {"usb_full_speed": 4_888} for outcome in ("forwarded", "suppressed")}
    limits["sampled"] = {"usb_full_speed": 4_700}
    link = {
        "hub": "h",
        **RATES,
        **board_of(mocker),
        "by_size": {"85": {**RATES, "limits": limits}},
    }
    found = {**link, "reasons": {}, "by_transport": {"usb_repl": link}}
    text = text_of(found, is_emulated=True)
    for part in ("at most: usb_full_speed", "a plain Python filter", "-1.0 % off", "93,520"):
        assert part in text, part
    assert "times that the emulator lacks" in text
