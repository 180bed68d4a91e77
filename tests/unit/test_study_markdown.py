"""The study in half a page of Markdown."""

from stormbench.study.page.markdown import summary_markdown
from study_example import COMMAND_LINE, make_study


def test_summary_has_verdict_places_answers_and_command():
    text = summary_markdown(make_study())
    assert text.startswith("# Where to throttle an alert storm\n\n**The throttle is better placed")
    assert "Best place, by storm: hub 2, no difference 1, no throttle needed 1." in text
    assert "**Who tunes it, and how?**\n\n- Yes, where the WAN is narrow" in text
    assert "that takes years. (established)\n" in text
    assert f"\n\n    {COMMAND_LINE}\n" in text


def test_summary_has_the_five_figures_of_every_arm_as_a_table():
    lines = [line for line in summary_markdown(make_study()).splitlines() if line.startswith("|")]
    assert lines[0] == "|  | none | mask | device | hub | dsp | layered | evidence |"
    assert len(lines) == 2 + 5
    assert all(line.count("|") == lines[0].count("|") for line in lines)


def test_summary_names_the_weakest_assumption_and_what_would_change_the_answer():
    text = summary_markdown(make_study())
    assert "Weakest assumption: Rate of the WAN." in text
    assert "The answer changes: From 80 bytes/s on" in text


def test_text_that_markdown_would_take_for_its_own_stays_text():
    verdict = make_study()["verdict"] | {"sentence": "a | b <img src=x> [c](d)\n# e"}
    text = summary_markdown(make_study(verdict=verdict))
    assert r"**a \| b \<img src=x\> \[c\](d) \# e**" in text


def test_study_of_a_part_says_that_it_has_no_verdict():
    assert "has no verdict; `stormbench study` runs all of it" in summary_markdown({})
