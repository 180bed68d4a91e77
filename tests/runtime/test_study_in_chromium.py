"""The page of a study in a real browser: what it draws, sorts, shows first and prints.

Two pages: one of a study that is made up and has every part, and one of a small study that was run
for it, for what a made-up one gets wrong.

Needs `chromium` (or `chromium-browser`, `google-chrome`) on the path; without it these tests fail.
"""

import re
import sys
from pathlib import Path

import pytest

from browser import Browser
from stormbench.study.identity import identity
from stormbench.study.job import SCENARIOS, run_job
from stormbench.study.page.html import render
from stormbench.study.plan import plan
from stormbench.study.report import study_report

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from study_example import COMMAND_LINE, make_study

HOSTILE = "<script>document.documentElement.dataset.evil = 1</script><img src=x onerror=alert(1)>"
SORTED = "table.scenarios"
PATH = re.compile(r"[a-z_]+\.(?!(?:py|md|org|net|com)\b)[a-z_]+(\.[a-z0-9]+)?|[a-z]+_[a-z_]+$")
"""A metric's, such as dsp_peak.window; what ends like these is a file, or a site."""
A4_PX = 688
"""210 mm, less the margins of style.css, at 96 pixels an inch."""
ENTER, SPACE, TAB = ("Enter", 13, "\r"), (" ", 32, " "), ("Tab", 9)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    study = make_study()
    study["scenarios"]["boot_loop"]["title"] = HOSTILE
    found = tmp_path_factory.mktemp("study") / "report.html"
    found.write_text(render(study, COMMAND_LINE), encoding="utf-8")
    return found


@pytest.fixture(scope="session")
def real_file(tmp_path_factory):
    """Of two scenarios, two replications of each, and the sweep that takes least."""
    jobs = plan(["stuck_tamper_sensor", "hub_resets", "roll_out"], replications=2)
    runs = [run_job(job) for job in jobs if job.group == SCENARIOS or job.replication == 0]
    found = tmp_path_factory.mktemp("real") / "report.html"
    report = study_report(runs, identity(None), "stormbench study")
    found.write_text(render(report, "stormbench study"), encoding="utf-8")
    return found


@pytest.fixture(params=["made up", "real"])
def either(request, browser):
    """(the page of each study, its file, how many charts it has)."""
    name, charts = {"made up": ("file", 7), "real": ("real_file", 3)}[request.param]
    found = request.getfixturevalue(name)
    opened(browser, found)
    return browser, found, charts


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def page(browser, file):
    """The page that is made up, opened anew."""
    return opened(browser, file)


def opened(browser, file):
    """A page, opened anew, in a window of 1280 by 800."""
    browser.console.clear()
    browser.requests.clear()
    browser.resize(1280, 800)
    browser.open(file)
    return browser


def texts(page, selector):
    """Of each that the selector finds, with one space between words."""
    return [
        " ".join(text.split())
        for text in page.value(
            f"[...document.querySelectorAll({selector!r})].map(each => each.textContent)"
        )
    ]


def bottom(page, selector):
    """Of the last that the selector finds, from the top of the page."""
    return page.value(
        f"[...document.querySelectorAll('{selector}')].at(-1).getBoundingClientRect().bottom"
        " + scrollY"
    )


def order(page):
    return page.value(
        f"[...document.querySelectorAll('{SORTED} tbody th')].map(row => row.dataset.sort)"
    )


def sorted_by(page):
    """(column, direction) of every heading that says it."""
    return page.value(
        f"[...document.querySelectorAll('{SORTED} thead th')].flatMap((heading, column) =>"
        " heading.ariaSort ? [[column, heading.ariaSort]] : [])"
    )


def test_page_draws_every_chart_and_complains_of_nothing(either):
    page, _, charts = either
    assert page.value("document.documentElement.dataset.plots") == "drawn"
    assert page.value("document.querySelectorAll('.plot').length") == charts
    drawn = "[...document.querySelectorAll('.plot')].filter(p => p.querySelector('.main-svg'))"
    assert page.value(f"{drawn}.length") == charts
    assert page.console == []


def test_page_asks_for_nothing_but_itself(either):
    page, file, _ = either
    assert [url for url in page.requests if not url.startswith("data:")] == [file.as_uri()]


def test_no_cell_has_the_path_of_a_figure_where_its_value_belongs(either):
    page, _, _ = either
    cells = texts(page, "td, th")
    assert len(cells) > 100
    assert [cell for cell in cells if PATH.search(cell.replace(HOSTILE, ""))] == []


def test_every_mark_of_evidence_is_explained_in_a_key(either):
    page, _, _ = either
    explained = set(texts(page, ".key .badge"))
    assert set(texts(page, ".badge")) <= explained and "measured on firmware" in explained


def test_no_word_of_a_map_is_broken_and_no_map_runs_over_its_edge(either):
    page, _, _ = either
    wide = "[...document.querySelectorAll('.heats > .wide')]"
    assert page.value(f"{wide}.length") > 1
    assert page.value(f"{wide}.filter(map => map.scrollWidth > map.clientWidth).length") == 0
    names = "getComputedStyle(document.querySelector('.heat thead small')).overflowWrap"
    assert page.value(names) == "normal"


def test_every_table_of_more_than_three_rows_sorts_by_its_first_column(either):
    page, _, _ = either
    tables = "[...document.querySelectorAll('table:not(.heat)')]"
    long = f"{tables}.filter(table => table.tBodies[0].rows.length > 3)"
    count = page.value(f"{long}.length")
    assert count >= 2
    assert page.value(f"{long}.filter(table => !table.tHead.querySelector('button')).length") == 0
    page.value(f"{long}.forEach(table => table.tHead.querySelector('button').click())")
    assert page.value(f"{long}.filter(t => t.tHead.querySelector('[aria-sort]')).length") == count


def test_figures_of_a_table_sort_by_their_value(either):
    page, _, _ = either
    cost = "document.querySelector('[aria-labelledby=cost] table')"
    page.value(f"{cost}.tHead.rows[0].cells[1].querySelector('button').click()")
    values = page.value(
        f"[...{cost}.tBodies[0].rows].map(row => Number(row.cells[1].dataset.sort))"
    )
    assert len(values) > 3 and values == sorted(values)


def test_paper_has_no_arrows_and_no_list_but_says_what_is_shown(either):
    page, _, _ = either
    page.call("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        arrow = "getComputedStyle(document.querySelector('th button'), '::after').display"
        assert page.value(arrow) == "none"
        shown = "getComputedStyle(document.querySelector('label.choice')).display"
        assert page.value(shown) == "none"
        told = "document.getElementById('plot-hops-shown')"
        assert page.value(f"{told}.innerText").startswith("mean of")
    finally:
        page.call("Emulation.setEmulatedMedia", {"media": ""})


def test_verdict_and_all_five_figures_are_on_the_first_screen(page):
    assert page.value("document.querySelectorAll('.card').length") == 5
    assert 0 < bottom(page, "h1") < bottom(page, ".card") <= 800


def test_weakest_assumption_and_break_even_are_on_the_second_screen(page):
    assert bottom(page, ".weak li:first-child") <= 1600
    assert bottom(page, "#plot-break-even") <= 1600


@pytest.mark.parametrize("width", [1280, 800])
def test_page_is_no_wider_than_its_window(page, file, width):
    page.resize(width, 800)
    page.open(file)
    assert page.value("document.documentElement.scrollWidth") <= width


def test_table_is_sorted_by_a_click_and_turned_round_by_a_second(page):
    page.click(f"{SORTED} th:nth-child(2) button")
    assert order(page)[0] == "regional power cut"
    assert sorted_by(page) == [[1, "ascending"]]
    page.click(f"{SORTED} th:nth-child(2) button")
    assert order(page)[0] == "stuck tamper sensor"
    assert sorted_by(page) == [[1, "descending"]]


@pytest.mark.parametrize("key", [ENTER, SPACE])
def test_table_is_sorted_by_the_keyboard(page, key):
    page.value(f"document.querySelector('{SORTED} th button').focus()")
    page.press(*TAB)
    page.press(*key)
    assert sorted_by(page) == [[1, "ascending"]]
    assert order(page)[0] == "regional power cut"


def test_sorting_by_a_name_is_alphabetical_and_forgets_the_column_before(page):
    page.click(f"{SORTED} th:nth-child(2) button")
    page.click(f"{SORTED} th:nth-child(1) button")
    assert order(page)[1:] == ["regional power cut", "stuck tamper sensor", "voltage flapping"]
    assert sorted_by(page) == [[0, "ascending"]]


def test_list_shows_the_bars_of_another_scenario(page):
    longest = "document.querySelector('#plot-hops .textpoint').textContent.trim()"
    before = page.value(longest)
    page.value("document.querySelector('select').focus()")
    page.press("ArrowDown", 40)
    assert (before, page.value(longest)) == ("500", "435")
    assert texts(page, "#plot-hops-shown") == ["stuck tamper sensor"]


def test_hostile_title_is_text_and_runs_nothing(page):
    assert page.value("document.documentElement.dataset.evil ?? ''") == ""
    assert page.value("document.querySelectorAll('img').length") == 0
    assert HOSTILE in order(page)


def test_page_on_paper_is_no_wider_than_a4_so_that_it_is_not_shrunk(either):
    page, _, charts = either
    page.call("Emulation.setEmulatedMedia", {"media": "print"})
    page.resize(A4_PX, 1000)
    page.value("dispatchEvent(new Event('beforeprint'))")
    widths = "[...document.querySelectorAll('.plot')].map(p => p.layout.width)"
    assert page.value(widths) == [660] * charts
    assert page.value("document.documentElement.scrollWidth") <= A4_PX
    page.value("dispatchEvent(new Event('afterprint'))")
    page.call("Emulation.setEmulatedMedia", {"media": ""})
