"""The file of a study's runs: it goes on where it stopped, and mixes no two studies."""

import json

import pytest

from stormbench.errors import InvalidInput
from stormbench.study.results import Results, ResultsNotWritten

IDENTITY = {"firmware": "A1", "policy": None}
RUN = {"key": "one", "alerts": 5}


def written(path, *runs, identity=IDENTITY):
    with Results(path, identity) as results:
        for run in runs:
            results.add(run)
    return path


def test_runs_are_there_again_when_it_goes_on(tmp_path):
    path = written(tmp_path / "runs.jsonl", RUN)
    with Results(path, IDENTITY) as results:
        assert results.runs == {"one": RUN}
        results.add({"key": "two"})
    with Results(path, IDENTITY) as results:
        assert list(results.runs) == ["one", "two"]


def test_line_that_was_cut_off_is_left_out_and_what_follows_is_whole(tmp_path):
    path = written(tmp_path / "runs.jsonl", RUN)
    with path.open("a") as file:
        file.write('{"key": "tw')
    written(path, {"key": "three"})
    with Results(path, IDENTITY) as results:
        assert list(results.runs) == ["one", "three"]


def test_head_that_was_cut_off_is_written_again(tmp_path):
    path = tmp_path / "runs.jsonl"
    path.write_text('{"study": {"firm')
    written(path, RUN)
    assert json.loads(path.read_text().splitlines()[0]) == {"study": IDENTITY}


@pytest.mark.parametrize(
    ("identity", "what"),
    [
        ({**IDENTITY, "firmware": "B2"}, "another firmware;"),
        ({"firmware": "B2", "policy": {"shadow": True}}, "another firmware and policy;"),
    ],
)
def test_runs_of_another_study_are_refused_with_what_is_another(tmp_path, identity, what):
    path = written(tmp_path / "runs.jsonl", RUN)
    before = path.read_text()
    with pytest.raises(InvalidInput, match=what):
        Results(path, identity)
    assert path.read_text() == before


@pytest.mark.parametrize("text", ["not json\n", "[]\n", "{}\n", '{"study": 5}\n'])
def test_file_that_is_no_study_is_refused_and_kept(tmp_path, text):
    path = tmp_path / "runs.jsonl"
    path.write_text(text)
    with pytest.raises(InvalidInput, match="expected a study's results"):
        Results(path, IDENTITY)
    assert path.read_text() == text


def test_drive_that_is_full_is_told_and_what_is_done_is_kept(tmp_path, mocker):
    path = written(tmp_path / "runs.jsonl", RUN)
    with Results(path, IDENTITY) as results:
        full = mocker.patch.object(results, "_file", wraps=results._file)
        full.flush.side_effect = OSError(28, "No space left on device")
        with pytest.raises(ResultsNotWritten, match="No space left on device; free some space"):
            results.add({"key": "two"})
        assert list(results.runs) == ["one"]
