"""Stages and the map of the heap, as the host works them out of what the probes have returned."""

import pytest

from scripted_port import ScriptedPort
from stormbench.bench import PROBES
from stormbench.bench.memory_map import heap_figures, measure_map, text_of
from stormbench.bench.stages import _stages_of, off_percent
from stormbench.link.board_session import BoardSession
from stormbench.link.raw_repl import CodeFailed

FOUND = {
    "names": ["link", "garbage collection"],
    "alerts": 100,
    "total_us": [90_000, 10_000],
    "wrappers_ns": [4_000_000, 0],
    "collected_at": 0.5,
}


class Board(BoardSession):
    """Answers for a board: 16 devices fit, 64 do not."""

    def __init__(self):
        super().__init__(ScriptedPort(), PROBES)

    def interpreter_bytes(self):
        return 4_000

    def call(self, probe, *arguments):
        devices, keys_each, interpreter = arguments
        if devices > 16:
            raise CodeFailed("script", "Traceback\r\nMemoryError: no room")
        assert (probe, keys_each, interpreter) == ("memory", 8, 4_000)
        return {
            "parts": [["modules", 20_000], ["tables", devices * 100]],
            "used_bytes": 24_000 + devices * 100,
            "free_bytes": 9,
            "collect_us": 16_754,
            "save_garbage_bytes": 7,
        }


def test_what_the_wrappers_cost_is_taken_off_each_stage() -> None:
    # 90,000 us less 4,000 us of wrappers, over 100 alerts.
    assert dict(_stages_of(FOUND))["link"] == pytest.approx(860)


def test_collections_count_as_often_as_the_board_would_collect() -> None:
    assert dict(_stages_of(FOUND))["garbage collection"] == pytest.approx(50)


@pytest.mark.parametrize(("sum_us", "off"), [(2_000, 0.0), (1_900, -5.0), (2_100, 5.0)])
def test_stages_are_held_against_the_rate(sum_us: float, off: float) -> None:
    assert off_percent(sum_us, 500.0) == off


def test_map_of_the_heap_has_a_column_for_each_number_of_devices() -> None:
    found = measure_map(Board(), [4, 16])
    assert found["4"]["parts"] == {"interpreter": 4_000, "modules": 20_000, "tables": 400}
    assert text_of(found).splitlines()[0].split() == ["devices", "4", "16"]


def test_tables_that_do_not_fit_are_told_and_the_others_still_measured() -> None:
    found = measure_map(Board(), [16, 64])
    assert found["64"] == {"fault": "MemoryError: no room"}
    assert text_of(found).splitlines()[-1] == "64 devices: MemoryError: no room"


def test_heap_of_the_bench_is_that_of_the_map() -> None:
    found = measure_map(Board(), [16])["16"]
    assert heap_figures(found) == {
        "heap_used_bytes": 25_600,
        "heap_free_bytes": 9,
        "gc_pause_ms_max": 16.75,
    }
