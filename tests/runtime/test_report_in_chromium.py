"""The report in a real browser: headless Chromium draws it, and says what it drew.

Needs `chromium` (or `chromium-browser`, `google-chrome`) on the path; without it these tests fail.
"""

import runpy
from pathlib import Path

import pytest
from lxml import html as lxml_html

from browser import Browser
from stormbench.report.html import render

EXAMPLE = runpy.run_path(str(Path(__file__).parents[1] / "unit" / "test_report_example.py"))


class Shown:
    """What the browser made of the page: its elements, and its console."""

    def __init__(self, page, folder):
        file = folder / "report.html"
        file.write_text(page, encoding="utf-8")
        with Browser(folder / "profile") as browser:
            browser.resize(1280, 1000)
            browser.open(file)
            drawn = browser.value("document.documentElement.outerHTML")
        self.tree = lxml_html.fromstring(drawn.encode())
        self.console = browser.console

    def count(self, xpath):
        found = self.tree.xpath(xpath)
        assert isinstance(found, list)
        return len(found)


def _page():
    return render(EXAMPLE["make_report"](), EXAMPLE["make_series"](), EXAMPLE["COMMAND_LINE"])


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    return Shown(_page(), tmp_path_factory.mktemp("report"))


def test_verdict_is_shown(shown):
    heading = shown.tree.xpath("//h1")[0].text_content()
    assert heading == EXAMPLE["make_report"]()["verdict"]["sentence"]


def test_both_plots_were_drawn_to_the_end(shown):
    assert shown.tree.get("data-plots") == "drawn"


def test_each_of_four_rows_has_a_step_line_for_each_of_four_hops(shown):
    layer = "//*[@id='plot-rates']//*[@class='scatterlayer mlayer']"
    assert shown.count(f"{layer}//*[name()='path' and contains(@class, 'js-line')]") == 4 * 4
    assert shown.count(f"{layer}//*[name()='path' and contains(@class, 'js-fill')]") == 4


def test_each_other_alert_is_a_point(shown):
    points = "//*[@id='plot-delays']//*[name()='path' and @class='point']"
    expected = sum(len(arm.other_delays) for arm in EXAMPLE["make_series"]().values())
    assert shown.count(points) == expected


def test_console_is_empty(shown):
    assert shown.console == []


def test_no_button_sends_the_figure_anywhere(shown):
    buttons = shown.tree.xpath("//*[@id='plot-rates']//button/@data-title")
    assert len(buttons) == 4
    assert not [title for title in buttons if "hare" in title or "loud" in title]


def test_script_that_is_not_the_reports_own_does_not_run(tmp_path):
    evil = "<script>document.documentElement.dataset.evil = 1</script></body>"
    shown = Shown(_page().replace("</body>", evil), tmp_path)
    assert shown.tree.get("data-evil") is None
    assert any("Content Security Policy" in line for line in shown.console)
