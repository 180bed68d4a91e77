"""`stormbench study`: what it prints, writes and ends with. Its runs are made in this process."""

import csv
import json

import pytest

from command_line import stormbench
from stormbench.study.job import run_job

SCENARIO = "authentication_failures"
FILES = ["alerts.csv", "report.html", "report.json", "runs.jsonl", "summary.md"]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """A pool takes seconds to start; that it does the same is a test with real processes."""
    monkeypatch.setattr("stormbench.cli.study.run_jobs", lambda jobs, workers: map(run_job, jobs))


def study(out, *more, only=(SCENARIO,), replications=1):
    named = [each for name in only for each in ("--only", name)]
    return stormbench("study", *named, "--replications", replications, "--out", out, *more)


def test_study_prints_its_verdict_and_each_claim_and_where_the_page_is(tmp_path):
    ran = study(tmp_path)
    assert ran.exit_code == 0, ran.err
    verdict, *claims, page = ran.out.splitlines()
    assert verdict.startswith(
        "On a WAN of 10 bytes a second, and with the firmware in every hub, "
    )
    assert "best placed at the hub in the one storm that was run: against the DSP" in verdict
    assert claims and all(line.startswith("  met: ") for line in claims)
    assert page == str(tmp_path / "report.html")


def test_study_writes_everything_beside_the_page(tmp_path):
    study(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    found = json.loads((tmp_path / "report.json").read_text())
    assert list(found["scenarios"]) == [SCENARIO]
    sentence = found["verdict"]["sentence"]
    assert sentence in (tmp_path / "summary.md").read_text()
    with (tmp_path / "alerts.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == found["scenarios"][SCENARIO]["alerts"]["mean"]


def test_json_is_the_report_and_nothing_else(tmp_path):
    ran = study(tmp_path, "--json")
    assert ran.document() == json.loads((tmp_path / "report.json").read_text())


def test_command_in_the_report_is_the_one_that_was_typed(tmp_path):
    found = study(tmp_path, "--json").document()
    assert found["provenance"]["command"].startswith(f"stormbench study --only {SCENARIO} ")


def test_same_command_goes_on_where_it_was(tmp_path, monkeypatch):
    study(tmp_path)
    made: list[int] = []

    def run_and_note(jobs, workers):
        for job in jobs:
            made.append(job.replication)
            yield run_job(job)

    monkeypatch.setattr("stormbench.cli.study.run_jobs", run_and_note)
    ran = study(tmp_path, replications=2)
    assert made == [1]
    assert f"{tmp_path / 'runs.jsonl'}: 1 of 2 runs are there" in ran.err


def test_study_of_the_same_seeds_comes_to_the_same_report(tmp_path):
    reports = []
    for name in ("a", "b"):
        found = study(tmp_path / name, "--json").document()
        del found["provenance"]["command"]
        reports.append(found)
    assert reports[0] == reports[1]


def test_claim_that_is_not_met_is_exit_code_1(tmp_path):
    # The bad policy suppresses what the scenario's own bounds want to arrive.
    ran = study(tmp_path, "--policy", "bad")
    assert ran.exit_code == 1
    assert "NOT MET: Every scenario keeps its own bounds, with the seed that it comes with: " in (
        ran.out
    )
    assert (tmp_path / "report.html").exists()


def test_unwise_policy_is_told_before_anything_runs(tmp_path):
    assert "stormbench: warning: policy" in study(tmp_path, "--policy", "bad").err


def test_another_policy_does_not_mix_with_the_runs_that_are_there(tmp_path):
    study(tmp_path)
    ran = study(tmp_path, "--policy", "tamper_cautious")
    assert ran.exit_code == 2
    assert "is of a study with another policy; name another --out" in ran.err


def test_unknown_name_is_refused_with_those_there_are(tmp_path):
    ran = study(tmp_path, only=["future_dated"])
    assert ran.exit_code == 2
    assert "--only future_dated: there is no scenario and no sweep of that name" in ran.complaint()


def test_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    ran = study(tmp_path / "file" / "out")
    assert ran.exit_code == 2
    assert "cannot be made" in ran.complaint()


def test_sweep_alone_has_no_verdict(tmp_path):
    ran = study(tmp_path, only=["cell"])
    assert ran.exit_code == 0, ran.err
    assert ran.out.splitlines()[0].startswith("  met: No alert is unaccounted for")
