"""The page of a study in a real browser: what it draws, sorts, shows first and prints.

Needs `chromium` (or `chromium-browser`, `google-chrome`) on the path; without it these tests fail.
"""

import sys
from pathlib import Path

import pytest

from browser import Browser
from stormbench.study.page.html import render

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
from study_example import COMMAND_LINE, make_study

HOSTILE = "<script>document.documentElement.dataset.evil = 1</script><img src=x onerror=alert(1)>"
SORTED = "table.scenarios"
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


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with Browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def page(browser, file):
    """The page, opened anew, in a window of 1280 by 800."""
    browser.console.clear()
    browser.requests.clear()
    browser.resize(1280, 800)
    browser.open(file)
    return browser


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


def test_page_draws_every_chart_and_complains_of_nothing(page):
    assert page.value("document.documentElement.dataset.plots") == "drawn"
    assert page.value("document.querySelectorAll('.plot').length") == 7
    drawn = "[...document.querySelectorAll('.plot')].filter(p => p.querySelector('.main-svg'))"
    assert page.value(f"{drawn}.length") == 7
    assert page.console == []


def test_page_asks_for_nothing_but_itself(page, file):
    assert [url for url in page.requests if not url.startswith("data:")] == [file.as_uri()]


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
    texts = "document.querySelector('#plot-hops .textpoint').textContent.trim()"
    before = page.value(texts)
    page.value("document.querySelector('select').focus()")
    page.press("ArrowDown", 40)
    assert (before, page.value(texts)) == ("500", "435")


def test_hostile_title_is_text_and_runs_nothing(page):
    assert page.value("document.documentElement.dataset.evil ?? ''") == ""
    assert page.value("document.querySelectorAll('img').length") == 0
    assert HOSTILE in order(page)


def test_page_on_paper_is_no_wider_than_a4_so_that_it_is_not_shrunk(page):
    page.call("Emulation.setEmulatedMedia", {"media": "print"})
    page.resize(A4_PX, 1000)
    page.value("dispatchEvent(new Event('beforeprint'))")
    widths = "[...document.querySelectorAll('.plot')].map(p => p.layout.width)"
    assert page.value(widths) == [660] * 7
    assert page.value("document.documentElement.scrollWidth") <= A4_PX
    page.value("dispatchEvent(new Event('afterprint'))")
    page.call("Emulation.setEmulatedMedia", {"media": ""})
