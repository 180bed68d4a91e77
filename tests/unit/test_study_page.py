"""The page of a study: what is on it, in which order, and what it never does."""

import re

import pytest
from plotly.offline import get_plotlyjs  # type: ignore[import-untyped]

from stormbench.study.evidence import MARKS
from stormbench.study.page.evidence import KEY, SOURCES, badge
from stormbench.study.page.html import render
from study_example import COMMAND_LINE, SCENARIOS, SHA256, make_study
from study_page import parsed, rendered, rows, section, text_of

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"
SECTIONS = (
    "assumptions",
    "answers",
    "hops",
    "scenarios",
    "knowledge",
    "over-time",
    "devices",
    "roll-out",
    "policy",
    "cost",
    "drawbacks",
    "claims",
    "method",
    "words",
)
PLOTS = (
    "plot-break-even",
    "plot-hops",
    "plot-time",
    "plot-roll-out",
    "plot-cell",
    "plot-policy",
    "plot-mask-delay",
)


@pytest.fixture(scope="module")
def page():
    return render(make_study(), COMMAND_LINE)


@pytest.fixture(scope="module")
def tree(page):
    return parsed(page)


# Order.


def test_verdict_is_shown_word_for_word(tree):
    assert text_of(tree, "//h1") == make_study()["verdict"]["sentence"]


def test_verdict_says_in_how_many_scenarios_each_place_is_best(tree):
    tally = text_of(tree, "//p[@class='tally']")
    assert tally.endswith("hub 2 no difference 1 no throttle needed 1")


def test_five_key_figures_follow_the_verdict_at_once(page, tree):
    assert len(tree.xpath("//*[@class='cards']/article")) == 5
    assert page.index('id="verdict"') < page.index('class="cards"') < page.index("<h2")


def test_sections_come_in_the_order_in_which_they_are_asked_for(tree):
    assert tuple(tree.xpath("//h2/@id")) == SECTIONS


def test_contents_lead_to_every_section(tree):
    targets = tree.xpath("//nav[@class='contents']/a/@href")
    assert targets == [f"#{name}" for name in SECTIONS]


def test_every_link_leads_to_something_on_the_page(tree):
    for target in tree.xpath("//a/@href"):
        assert tree.xpath(f"//*[@id='{target.removeprefix('#')}']"), target


def test_weakest_assumption_comes_first_with_what_would_change_the_answer(tree):
    first = text_of(tree, "//ol[@class='weak']/li[1]")
    assert first.startswith("Rate of the WAN")
    assert "The answer changes. From 80 bytes/s on" in first


def test_assumption_without_a_sweep_has_no_link(tree):
    assert not tree.xpath("//ol[@class='weak-rest']/li[last()]//a")


# Completeness.


def test_every_chart_has_its_figure(tree):
    assert tuple(tree.xpath("//*[@class='plot']/@id")) == PLOTS
    for plot in tree.xpath("//*[@class='plot']"):
        assert plot.getnext().get("type") == "application/json"


def test_every_key_figure_has_an_evidence_mark_and_its_interval(tree):
    for card in tree.xpath("//article"):
        assert card.xpath(".//p[@class='foot']/span[contains(@class, 'badge')]")
    assert "95 %: 8.6 to 9.2 kB" in text_of(tree, "//article[1]")


def test_every_chart_and_table_of_figures_has_an_evidence_mark_beside_it(tree):
    for figure in tree.xpath("//figure | //table[contains(@class, 'scenarios')]"):
        nearest = figure.xpath("ancestor::section//*[contains(@class, 'badge')]")
        assert nearest, figure.get("id")


def test_table_of_scenarios_has_a_row_for_each(tree):
    found = rows(tree, "scenarios")
    assert len(found) == len(SCENARIOS)
    assert found[0].startswith("stuck tamper sensor established")


def test_row_of_a_scenario_says_in_how_many_replications_each_place_is_best(tree):
    assert "hub28 of 30no difference2 of 30" in rows(tree, "scenarios")[0].replace(" 28", "28")


def test_difference_has_its_interval(tree):
    assert "−29.1 kB−30.5 kB to −27.6 kB" in rows(tree, "scenarios")[0]


def test_break_even_is_a_table_too(tree):
    assert rows(tree, "surface")[0] == (
        "720 hub 2 of 3hub 5 sDSP 2 h 27 min hub 2 of 3hub 5 sDSP 6 min 50 s"
        " same 3 of 3hub 5 sDSP 5 s same 3 of 3hub 5 sDSP 5 s"
    )


def test_each_sentence_of_an_answer_has_its_own_evidence(tree):
    labels = tree.xpath("//div[@id='q2']/ul/li/span[contains(@class, 'badge')]/text()")
    assert [label.strip() for label in labels] == ["simulated", "established"]


def test_conditions_of_the_verdict_stand_below_it(tree):
    found = [each.text_content() for each in tree.xpath("//header/p[@class='condition']")]
    assert found == make_study()["verdict"]["conditions"] != []


def test_map_of_devices_frames_the_storm_and_says_what_was_suppressed(tree):
    (storm,) = tree.xpath(
        "//table[@class='heat'][caption='boot loop']//td[contains(@class,'storm')]"
    )
    assert storm.text_content() == "14090 %"
    assert (
        storm.get("title") == "140 raised; suppressed: device 126, hub 126, dsp 126, layered 126"
    )


def test_drawbacks_have_a_table_for_each_place(tree):
    titles = tree.xpath("//section[@aria-labelledby='drawbacks']/h3/text()")
    assert [title.split(",")[0] for title in titles] == [
        "In the Communications Hub's firmware",
        "In the meter's firmware",
        "At the DSP",
        "At the hub and at the DSP",
        "Masked at the meter (SR 6.22)",
        "At any of these places: of the throttle itself",
    ]


def test_claim_that_does_not_hold_is_told_as_plainly_as_one_that_does(tree):
    holds = tree.xpath("//table[contains(@class, 'claims')]//td[2]")
    assert [cell.text_content() for cell in holds] == ["✓ yes", "✗ no"]
    assert "1 of 2 hold" in section(tree, "claims")


def test_method_names_hash_command_and_how_to_change_an_assumption(tree):
    method = section(tree, "method")
    assert SHA256 in method
    assert COMMAND_LINE in method
    assert "stormbench study --policy mine.toml" in method


def test_policy_of_a_study_is_shown_field_by_field(tree):
    assert "sample_period_ms600 000 ms (10 min)" in section(tree, "method")


def test_foot_gives_the_rule_of_the_seeds_and_its_ends_as_they_are_typed():
    provenance = make_study()["provenance"] | {"seeds": [0, 8010]}
    said = section(rendered(provenance=provenance), "method")
    assert "replication r of a scenario, r from 0 on, has the seed of its file plus r" in said
    assert "the lowest is 0, the highest 8010" in said


@pytest.mark.parametrize(
    ("own", "said"), [(True, "each scenario's own"), (False, "the same for every scenario")]
)
def test_foot_says_in_words_whose_policy_it_was(own, said):
    provenance = make_study()["provenance"] | {"policy_is_each_scenarios": own}
    method = section(rendered(provenance=provenance), "method")
    assert said in method
    assert "policy_is_each_scenarios" not in method


def test_hash_at_the_foot_is_on_a_line_of_its_own(tree):
    hashes = tree.xpath("//dl[contains(@class, 'origin')]//code[@class='hash']")
    assert [code.text for code in hashes] == [SHA256, SHA256[::-1]]
    assert {code.xpath("../..")[0].get("class") for code in hashes} == {"long"}


def test_roll_out_shows_the_delay_that_the_answer_quotes(tree):
    figure = tree.xpath("//*[@id='plot-roll-out']")[0].getnext().text_content()
    assert "Delay of other alerts, p99" in figure


@pytest.mark.parametrize(("codes", "listed"), [(4, False), (5, True)])
def test_names_of_many_codes_are_below_the_map(codes, listed):
    scenarios = {"boot_loop": make_study()["scenarios"]["boot_loop"]}
    row = scenarios["boot_loop"]["heat"]["rows"][0]
    rows = [row | {"code": f"81A{number}"} for number in range(codes)]
    scenarios["boot_loop"]["heat"] = {"rows": rows}
    (wide,) = rendered(scenarios=scenarios).xpath("//table[@class='heat']/..")
    assert ("listed" in wide.get("class")) == listed


def test_heading_is_plain_text_until_a_script_makes_it_a_button(tree):
    assert not tree.xpath("//table//button")
    headings = tree.xpath("//table[contains(@class, 'scenarios')]/thead//th/text()")
    assert headings[:2] == ["scenario", "alerts raised"]


def test_study_without_a_policy_of_its_own_says_whose_it_took():
    provenance = make_study()["provenance"] | {"policy": None}
    assert "each scenario's own" in section(rendered(provenance=provenance), "method")


def test_every_arm_is_explained_before_any_chart(page, tree):
    key = text_of(tree, "//section[@id='key-figures']/dl[1]")
    assert "layeredthrottles in the hub and in the DSP" in key
    assert page.index('class="key"') < page.index('class="plot"')


@pytest.mark.parametrize("word", ["storm", "p50, p99", "95 % interval", "sweep"])
def test_word_is_explained(tree, word):
    assert word in tree.xpath("//dl[@class='words']/div/dt/text()")


def test_key_figure_that_an_arm_has_not_is_a_dash():
    figures = make_study()["key_figures"]
    figures[0]["arms"]["none"] = None
    tree = rendered(key_figures=figures)
    assert text_of(tree, "//article[1]/dl/div[1]/dd") == "–"


def test_figure_of_the_firmware_is_marked_as_measured_on_it(tree):
    badges = tree.xpath(
        "//section[@aria-labelledby='cost']//tbody/tr[1]//*[contains(@class,'badge')]"
    )
    assert [each.get("class") for each in badges] == ["badge measured"]
    assert badges[0].text == "measured on firmware"


@pytest.mark.parametrize(
    ("digit", "whose"),
    [("", "of the firmware at the foot"), ("0", "of another firmware than that at the foot")],
)
def test_measured_figure_says_whether_it_is_of_this_firmware(digit, whose):
    cost = make_study()["firmware_cost"]
    cost[0]["firmware_sha256"] = digit + SHA256[len(digit) :]
    assert f"{whose}" in rows(rendered(firmware_cost=cost), "facts")[0]


def test_mark_that_is_not_explained_is_refused():
    cost = make_study()["firmware_cost"]
    cost[0]["evidence"] = "measured on firmware (emulated Pico)"
    with pytest.raises(ValueError, match=r"expected a mark of evidence .*emulated Pico"):
        render(make_study(firmware_cost=cost), COMMAND_LINE)


@pytest.mark.parametrize("mark", MARKS)
def test_every_mark_has_a_badge_and_a_meaning_in_a_key(mark):
    assert badge(mark) in (*KEY, *SOURCES)


# What is missing.


@pytest.mark.parametrize(
    ("sweep", "plot"),
    [
        ("break_even", "plot-break-even"),
        ("policy", "plot-policy"),
        ("roll_out", "plot-roll-out"),
        ("cell", "plot-cell"),
        ("mask_delay", "plot-mask-delay"),
    ],
)
def test_sweep_that_was_not_run_is_left_out_and_its_command_told(sweep, plot):
    sweeps = {name: each for name, each in make_study()["sweeps"].items() if name != sweep}
    tree = rendered(sweeps=sweeps)
    assert not tree.xpath(f"//*[@id='{plot}']")
    assert f"stormbench study --only {sweep} makes it" in text_of(tree, "//p[@class='missing']")


def test_sweep_with_no_point_yet_is_left_out():
    sweeps = make_study()["sweeps"]
    sweeps["cell"]["points"] = []
    assert not rendered(sweeps=sweeps).xpath("//*[@id='plot-cell']")


def test_study_of_nothing_makes_a_page_that_says_how_to_make_the_rest():
    tree = parsed(render({}, COMMAND_LINE))
    assert "has no verdict" in text_of(tree, "//h1")
    assert tuple(tree.xpath("//h2/@id")) == SECTIONS
    assert not tree.xpath("//*[@class='plot']")


def test_scenarios_without_timelines_have_no_chart_over_time():
    scenarios = make_study()["scenarios"]
    for scenario in scenarios.values():
        scenario["timeline"] = scenario["heat"] = None
    tree = rendered(scenarios=scenarios)
    assert "has no timelines" in section(tree, "over-time")
    assert "has no counts by device" in section(tree, "devices")


def test_single_scenario_makes_a_page():
    only = {"boot_loop": make_study()["scenarios"]["boot_loop"]}
    tree = rendered(scenarios=only, sweeps=None, verdict=None)
    assert len(rows(tree, "scenarios")) == 1
    assert not tree.xpath("//select")


# What the page never does.


@pytest.mark.parametrize("field", ["title", "what", "source"])
def test_hostile_scenario_stays_text(field):
    scenarios = make_study()["scenarios"]
    scenarios["boot_loop"][field] = HOSTILE
    assert not rendered(scenarios=scenarios).xpath("//img")


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ("assumptions", "sentence"),
        ("firmware_cost", "what"),
        ("drawbacks", "drawback"),
        ("claims", "found"),
    ],
)
def test_hostile_text_elsewhere_stays_text(part, field):
    study = make_study()[part]
    study[0][field] = HOSTILE
    tree = rendered(**{part: study})
    assert HOSTILE in tree.text_content()
    assert not tree.xpath("//img")


def test_hostile_sentence_of_an_answer_stays_text():
    answers = make_study()["answers"]
    answers[0]["sentences"][0]["text"] = HOSTILE
    tree = rendered(answers=answers)
    assert HOSTILE in tree.text_content() and not tree.xpath("//img")


def test_hostile_title_does_not_reach_a_chart_as_markup():
    scenarios = make_study()["scenarios"]
    scenarios["stuck_tamper_sensor"]["title"] = "<a href='https://example.invalid'>x</a>"
    figure = rendered(scenarios=scenarios).xpath("//*[@id='plot-time']")[0].getnext()
    assert "u003ca href" not in figure.text_content()


def test_nothing_is_loaded_from_anywhere(page):
    without_plotly = page.replace(get_plotlyjs(), "")
    for address in re.findall(r'(?:src|href|action|data)="([^"]*)"', without_plotly):
        assert address.startswith(("#", "data:"))


def test_pages_policy_knows_every_script_and_forbids_every_connection(page, tree):
    policy = tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'")
    scripts = [script for script in tree.xpath("//script") if script.get("type") is None]
    assert policy.count("'sha256-") == len(scripts) == 4


def test_plotly_is_in_the_page_once(page):
    assert page.count(get_plotlyjs()[:200]) == 1
