"""The screen: what is drawn at 80 by 24, without colours, in ASCII, and of foreign text."""

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console
from rich.screen import Screen as RichScreen

from capture_bench import records_of, storm_capture
from hubwire.identities import ESME, NETWORK_OPERATOR, SUPPLIER
from monitor_bench import begun, watches_of
from stormbench.monitor.floods import Floods
from stormbench.monitor.panels import BAD, GOOD, _top
from stormbench.monitor.plain import plain
from stormbench.monitor.screen import COLUMNS, LINES, Screen
from stormbench.monitor.sparkline import ASCII, BLOCKS, sparkline
from stormbench.monitor.throttled import Key
from stormbench.monitor.views import Lines, WholeScreen, line_of, plain_console, view_for
from stormbench.monitor.watch import Watch, Watches
from stormbench.monitor.words import clock, rate, share


def drawn(
    watches: Watches, width: int = COLUMNS, height: int = LINES, encoding: str = "utf-8"
) -> list[str]:
    """The lines of the screen, as text."""
    octets = io.BytesIO()
    file = io.TextIOWrapper(octets, encoding=encoding)
    console = Console(file=file, width=width, height=height, emoji=False, _environ={})
    console.print(RichScreen(Screen(watches, "q ends", fills=True)), end="")
    file.flush()
    return octets.getvalue().decode(encoding).splitlines()


@pytest.fixture
def watches(tmp_path: Path) -> Watches:
    return watches_of(records_of(storm_capture(tmp_path)))


def test_screen_fits_a_terminal_of_80_by_24(watches: Watches) -> None:
    lines = drawn(watches)
    assert len(lines) == LINES
    assert {len(line) for line in lines[:-1]} == {COLUMNS}


def test_first_and_last_line_are_there(watches: Watches) -> None:
    lines = drawn(watches)
    assert lines[0].startswith("stormbench monitor  sim  00:0") and "q ends" in lines[0]
    assert lines[-1].startswith("north ")


def test_state_is_told_in_words(watches: Watches) -> None:
    text = "\n".join(drawn(watches))
    for words in (
        *("incidents: 1 red, 0 amber", "red  00DB1234567890A0", "FLOOD"),
        *(
            "1 overloaded of 1",
            "8F3E Unauthorised Communica",
            "PASS 20%  SAMPLE 10%  SUPPRESS 70%",
        ),
    ):
        assert words in text


def test_wider_screen_has_more_of_the_names_and_the_targets(watches: Watches) -> None:
    text = "\n".join(drawn(watches, width=132))
    assert "Unauthorised Communication Access attempted" in text and "90B3D51F30010000" in text


def test_device_that_has_a_name_is_told_by_it(tmp_path: Path) -> None:
    named = watches_of(records_of(storm_capture(tmp_path)), names={ESME: "bad meter"})
    text = "\n".join(drawn(named))
    assert "red  bad meter" in text and ESME.hex().upper() not in text
    assert plain(named)["incidents"][0]["device"] == "bad meter"
    assert plain(named)["overloads"][0]["device"] == "bad meter"
    assert plain(named)["in"]["top_10"][0]["device"] == "bad meter"


def test_long_name_takes_no_more_room_than_an_eui_64(tmp_path: Path) -> None:
    named = watches_of(records_of(storm_capture(tmp_path)), names={ESME: "the meter of flat 12"})
    assert "the meter of fl…" in "\n".join(drawn(named))


@pytest.mark.parametrize("width", [COLUMNS, 132])
def test_kinds_that_differ_by_their_target_alone_are_told_apart(width: int) -> None:
    watches = watches_of([begun()])
    for target in (SUPPLIER, NETWORK_OPERATOR):
        watches.watch.coming.add(0, Key(ESME, target, 0x8F75))
    rows = [line for line in drawn(watches, width) if "8F75" in line]
    assert len(rows) == len(set(rows)) == 2
    assert SUPPLIER.hex().upper()[-8:] in rows[0]


def test_limits_of_isa_18_2_stand_beside_the_measures(watches: Watches) -> None:
    text = "\n".join(drawn(watches))
    assert re.search(r"time in flood .* 1% │", text) and re.search(r"top 10 kinds .* 5% │", text)


@pytest.mark.parametrize(("kinds", "style"), [(11, BAD), (10, GOOD)])
def test_top_10_kinds_are_too_many_only_where_there_are_more(kinds: int, style: str) -> None:
    watch = Watch()
    for code in range(kinds):
        watch.coming.add(0, Key(ESME, SUPPLIER, code))
    assert _top(watch.coming).style == style


def test_top_10_kinds_may_be_one_in_twenty() -> None:
    flow: Floods[Key] = Floods()
    for code in range(300):
        flow.add(0, Key(ESME, SUPPLIER, code))
    assert flow.top_share == 10 / 300 and _top(flow).style == GOOD


def test_no_color_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert plain_console().no_color


def test_higher_screen_fills_its_lines(watches: Watches) -> None:
    assert len(drawn(watches, height=40)) == 40


@pytest.mark.parametrize("size", [(40, 12), (20, 5), (8, 3)])
def test_screen_that_is_too_small_is_drawn_without_an_error(
    watches: Watches, size: tuple[int, int]
) -> None:
    assert drawn(watches, *size)


def test_terminal_that_has_only_ascii_gets_only_that(watches: Watches) -> None:
    text = "\n".join(drawn(watches, encoding="ascii"))
    assert "incidents: 1 red" in text and text.isascii()
    assert "@" in text and "?" not in text


def test_name_of_a_hub_is_no_markup_and_moves_no_cursor() -> None:
    watches = watches_of([replace(begun(), hub="[bold]x\x1b[2J\n:bomb:")])
    assert drawn(watches)[0].startswith("stormbench monitor  [bold]x[2J:bomb:")
    assert "\x1b" not in line_of(watches)


def test_before_a_session_has_begun_that_is_said() -> None:
    assert "no session has begun" in drawn(Watches())[0]


def test_without_color_there_are_no_colours(
    watches: Watches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    console = Console(file=io.StringIO(), force_terminal=True, width=80)
    console.print(Screen(watches))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "FLOOD" in text and "\x1b[31m" not in text and "\x1b[1;31m" not in text


@pytest.mark.parametrize(
    ("terminal", "term", "view"),
    [(True, "xterm", WholeScreen), (True, "dumb", Lines), (False, "xterm", Lines)],
)
def test_whole_screen_is_for_terminals_that_can_show_it(
    terminal: bool, term: str, view: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    console = Console(file=io.StringIO(), force_terminal=terminal)
    assert isinstance(view_for(console, Watches(), 1.0, print), view)


def test_line_has_the_state_in_words(watches: Watches) -> None:
    assert line_of(watches).endswith("1 red, 0 amber; 1 overloaded; flood in")


def test_console_takes_nothing_for_markup() -> None:
    console = plain_console()
    with console.capture() as captured:
        console.print("[red]x[/red] :bomb:")
    assert captured.get() == "[red]x[/red] :bomb:\n"


# Small things.


@pytest.mark.parametrize("levels", [BLOCKS, ASCII])
def test_curve_shows_what_is_little_and_not_what_is_nothing(levels: str) -> None:
    assert sparkline([0, 1, 1000], 1000, levels) == levels[0] + levels[1] + levels[-1]


def test_curve_of_nothing_is_empty() -> None:
    assert sparkline([0, 0], 0) == "  "


@pytest.mark.parametrize(
    ("part", "shown"),
    [(0, "0%"), (0.001, "<1%"), (0.5, "50%"), (0.999, ">99%"), (1, "100%")],
)
def test_little_is_not_nothing_and_nearly_all_is_not_all(part: float, shown: str) -> None:
    assert share(part) == shown


def test_times_have_days_where_there_are_any() -> None:
    assert (clock(3_723_999), clock(90_000_000)) == ("01:02:03", "1d 01:00:00")


def test_rates_have_as_many_decimals_as_say_something() -> None:
    assert [rate(n) for n in (0, 0.25, 98.24, 3_382.4)] == ["0.0", "0.25", "98.2", "3,382"]
