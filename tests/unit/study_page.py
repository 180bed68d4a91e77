"""The page of a study as its tests read it: rendered, parsed, its text."""

from lxml import html as lxml_html
from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

from stormbench.study.page.html import render
from study_example import COMMAND_LINE, make_study


def parsed(page):
    """The page's elements; plotly.js, 4.8 MB of it, is left out, for it takes a while to parse."""
    return lxml_html.fromstring(page.replace(get_plotlyjs(), "").encode())


def rendered(**replaced):
    return parsed(render(make_study(**replaced), COMMAND_LINE))


def text_of(tree, xpath):
    return " ".join(" ".join(found.text_content().split()) for found in tree.xpath(xpath))


def section(tree, name):
    return text_of(tree, f"//section[@aria-labelledby='{name}']")


def rows(tree, table):
    found = tree.xpath(f"//table[contains(@class, '{table}')]/tbody/tr")
    return [text_of(row, ".//th | .//td") for row in found]
