"""The page as a whole: what is on it, in which order, and what it never does."""

from html.parser import HTMLParser

import pytest
from lxml import html as lxml_html
from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

from stormbench.report.html import render
from test_report_example import ARMS, COMMAND_LINE, SOURCE_SHA256, make_report, make_series

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
TABLES = ("hops", "account", "delays", "notices")


class _Loads(HTMLParser):
    """Collects every attribute that makes a browser fetch something."""

    FETCHING = ("src", "href", "srcset", "data", "action", "poster", "background")

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in self.FETCHING]


@pytest.fixture(scope="module")
def page():
    return render(make_report(), make_series(), COMMAND_LINE)


@pytest.fixture(scope="module")
def tree(page):
    return parsed(page)


def parsed(page):
    """The page's elements; plotly.js, 4.8 MB of it, is left out, for it takes a while to parse."""
    return lxml_html.fromstring(page.replace(get_plotlyjs(), "").encode())


def rendered(**replaced):
    return parsed(render(make_report(**replaced), {}, COMMAND_LINE))


def with_arm(arm, **replaced):
    """A rendered report in which these figures of one arm are others."""
    arms = make_report()["arms"]
    arms[arm] = arms[arm] | replaced
    return rendered(arms=arms)


def text_of(tree, xpath):
    return " ".join(" ".join(found.text_content().split()) for found in tree.xpath(xpath))


def table(tree, name):
    return tree.xpath(f"//table[contains(@class, '{name}')]")[0]


def cells(tree, name, row):
    found = table(tree, name).xpath(f".//tr[th[normalize-space()='{row}']]/td")
    return [cell.text_content().strip() for cell in found]


# Order.


def test_verdict_sentence_comes_before_any_table_or_number(page):
    opening = page.index("The throttle is best placed at the hub")
    assert opening < page.index("<table")
    assert page.index('id="verdict"') < page.index('id="key-numbers"')


def test_verdict_is_shown_word_for_word(tree):
    assert text_of(tree, "//h1") == make_report()["verdict"]["sentence"]


def test_sections_come_in_the_order_in_which_they_are_asked_for(tree):
    found = tree.xpath("//h2/@id")
    assert found == [
        "key-numbers",
        "path",
        "hops",
        "account",
        "delays",
        "notices",
        "over-time",
        "method",
        "words",
    ]


def test_there_are_five_key_numbers(tree):
    assert len(tree.xpath("//*[contains(@class, 'cards')]/article")) == 5


# Completeness.


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("arm", ARMS)
def test_every_arm_appears_in_every_table(tree, name, arm):
    headers = table(tree, name).xpath(".//th")
    assert arm in [header.text_content().strip() for header in headers]


def test_page_has_no_table_that_the_other_tests_do_not_look_at(tree):
    assert len(tree.xpath("//table")) == len(TABLES)


def test_hop_table_has_alerts_and_bytes_at_every_hop(tree):
    hops = make_report()["arms"]["dsp"]["hops"]
    expected = [f"{hops[hop][what]:,}" for hop in hops for what in ("alerts", "bytes")]
    assert cells(tree, "hops", "dsp") == expected


def test_account_gives_each_term_for_each_arm_and_who_counted_it(tree):
    *values, sentence = cells(tree, "account", "+silent")
    assert values == [f"{make_report()['arms'][arm]['silent']}" for arm in ARMS]
    assert "told to nobody" in sentence and "simulated meter" in sentence


def test_arm_that_the_report_does_not_know_is_still_shown():
    arms = make_report()["arms"]
    assert cells(rendered(arms=arms | {"sideways": arms["hub"]}), "hops", "sideways")


def test_single_arm_makes_a_page():
    arms = {"hub": make_report()["arms"]["hub"]}
    assert cells(rendered(arms=arms), "account", "generated")[0] == "500"


def test_report_without_series_has_no_plots():
    assert not rendered().xpath("//*[@class='plot']")


# Alarms.


def test_account_that_comes_out_at_nought_raises_no_alarm(tree):
    assert not tree.xpath("//*[contains(@class, 'alarm') or contains(@class, 'wrong')]")


def test_unaccounted_alert_is_announced_under_the_verdict_with_its_arm():
    tree = with_arm("dsp", unaccounted=1)
    assert "does not come out at 0 for dsp" in text_of(tree, "//header/p[@role='alert']")


def test_unaccounted_alert_is_marked_in_the_account():
    tree = with_arm("dsp", unaccounted=-1)
    assert text_of(table(tree, "account"), ".//td[contains(@class, 'wrong')]") == "-1"


def test_delay_of_which_there_is_none_is_a_dash():
    tree = with_arm("dsp", other_alert_delay_ms={"p50": None, "p99": None, "max": None})
    assert cells(tree, "delays", "dsp")[:3] == ["–", "–", "–"]


def test_alerts_that_never_arrived_are_counted_from_the_series(tree):
    assert cells(tree, "delays", "none")[3] == str(make_series()["none"].never_arrived())


def test_alerts_that_never_arrived_are_unknown_without_a_series():
    assert cells(rendered(), "delays", "none")[3] == "–"


def test_number_of_lost_alerts_in_the_report_is_taken_before_the_series():
    delays = {"p50": 1, "p99": 2, "max": 3, "lost": 41}
    assert cells(with_arm("none", other_alert_delay_ms=delays), "delays", "none")[3] == "41"


# Notices.


def test_lead_of_users_is_given_in_seconds_negative_where_they_learned_afterwards(tree):
    assert cells(tree, "notices", "hub") == ["-61.500", "-121.757", "-1.250", "1"]
    assert "Negative: the User learned of it afterwards" in text_of(tree, "//caption")


def test_user_told_in_the_same_millisecond_has_a_lead_of_nought(tree):
    assert cells(tree, "notices", "dsp") == ["0.000", "0.000", "0.000", "0"]


def test_arm_without_an_overload_has_dashes_for_its_lead(tree):
    assert cells(tree, "notices", "none") == ["–", "–", "–", "0"]


def test_overload_whose_user_was_never_told_is_marked(tree):
    assert text_of(table(tree, "notices"), ".//td[contains(@class, 'bad')]") == "1"


# Where the figures come from.


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("emulated", "Figures are from an emulator; not yet run on hardware."),
        ("sim", "Figures are from a simulation on a PC; not yet run on hardware."),
        ("unix", "Figures are from MicroPython on a PC; not yet run on hardware."),
        ("board", "Figures are from a real board."),
    ],
)
def test_top_of_the_page_says_whether_this_is_hardware(kind, sentence):
    tree = rendered(hub=make_report()["hub"] | {"kind": kind})
    assert sentence in text_of(tree, "//header")


def test_kind_of_hub_that_is_unknown_is_not_taken_for_a_board():
    tree = rendered(hub=make_report()["hub"] | {"kind": "abacus"})
    assert "kind “abacus”" in text_of(tree, "//header")
    assert "real board" not in text_of(tree, "//header")


@pytest.mark.parametrize(("version", "shown"), [("1.28.0", "1.28.0"), ("0.0.0", "none")])
def test_version_nought_of_micropython_is_no_micropython(version, shown):
    tree = rendered(hub=make_report()["hub"] | {"micropython_version": version})
    assert text_of(tree, "//dl/div[dt='MicroPython']/dd") == shown


def test_every_wan_figure_is_marked_as_assumed(tree):
    marked = tree.xpath("//dl/div[dd/span[@class='assumed']]/dt")
    assert [name.text_content() for name in marked] == list(make_report()["wan"])


def test_method_names_seed_firmware_hash_and_command_line(tree):
    method = text_of(tree, "//section[@aria-labelledby='method']")
    assert str(make_report()["scenario"]["seed"]) in method
    assert SOURCE_SHA256 in method
    assert COMMAND_LINE in method


def test_hub_without_a_key_says_so(tree):
    assert "none set" in text_of(tree, "//section[@aria-labelledby='method']")


@pytest.mark.parametrize(
    "word",
    ["arm", "hop", "sample", "suppressed", "held", "key", "service notice", "told ahead by"],
)
def test_word_is_explained(tree, word):
    words = tree.xpath("//dl[@class='words']/div/dt")
    assert word in [found.text_content() for found in words]


def test_bounds_of_a_scenario_are_told_with_what_was_found():
    bound = {"arm": "hub", "metric": "hops.wan.alerts", "min": None, "max": 90, "equals": None}
    expectations = [
        {**bound, "why": "it is spared", "value": 60, "met": True},
        {**bound, "why": HOSTILE, "value": 91, "met": False},
    ]
    tree = rendered(expectations=expectations)
    rows = [
        text_of(row, ".//th | .//td")
        for row in tree.xpath("//table[@class='expectations']/tbody/tr")
    ]
    assert rows == [
        "hub Alerts that left the hub at most 90 60 yes it is spared",
        f"hub Alerts that left the hub at most 90 91 no {HOSTILE}",
    ]
    assert "1 of 2 bounds are met" in text_of(tree, "//table[@class='expectations']/caption")


def test_scenario_without_bounds_has_no_table_of_them(tree):
    assert not tree.xpath("//table[@class='expectations']")


def test_time_scale_is_told_on_top_where_there_is_one(tree):
    faster = rendered(scenario=make_report()["scenario"] | {"time_scale": 60.0})
    assert "Time scale 60: every time here" in text_of(faster, "//header")
    assert "Time scale" not in text_of(tree, "//header")


# What the page never does.


def test_hostile_scenario_name_stays_text():
    tree = rendered(scenario=make_report()["scenario"] | {"name": HOSTILE})
    assert HOSTILE in text_of(tree, "//header")
    assert not tree.xpath("//img")
    assert len(tree.xpath("//script")) == 2


@pytest.mark.parametrize("place", ["verdict", "hub", "policy", "wan", "arms"])
def test_hostile_text_elsewhere_in_the_report_stays_text(place):
    report = make_report()
    replaced = {
        "verdict": report["verdict"] | {"sentence": HOSTILE},
        "hub": report["hub"] | {"firmware_version": HOSTILE},
        "policy": report["policy"] | {HOSTILE: HOSTILE},
        "wan": report["wan"] | {HOSTILE: HOSTILE},
        "arms": report["arms"] | {HOSTILE: report["arms"]["hub"]},
    }
    tree = rendered(**{place: replaced[place]})
    assert HOSTILE in tree.text_content()
    assert not tree.xpath("//img")


def test_hostile_arm_does_not_close_the_script_that_holds_the_figure():
    arms, series = make_report()["arms"], make_series()
    evil = "</script><img src=x>"
    page = render(
        make_report(arms=arms | {evil: arms["hub"]}),
        series | {evil: series["hub"]},
        COMMAND_LINE,
    )
    assert not parsed(page).xpath("//img")


def test_hostile_command_line_stays_text():
    page = render(make_report(), {}, HOSTILE)
    assert not parsed(page).xpath("//img")


def test_nothing_is_loaded_from_anywhere(page):
    assert _Loads(page).found
    for address in _Loads(page).found:
        assert address.startswith(("#", "data:"))


def test_style_sheet_loads_nothing(tree):
    style = text_of(tree, "//style")
    assert "url(" not in style and "@import" not in style


def test_pages_policy_forbids_every_connection(tree):
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert "default-src 'none'" in policy
    assert "http" not in policy and "connect-src" not in policy


def test_plotly_is_in_the_page_once(page):
    assert page.count("plotly.js v") == 1


def test_same_figures_give_the_same_page(page):
    assert render(make_report(), make_series(), COMMAND_LINE) == page
