"""The pytest plugin as an outsider has it: from the wheel, and the hub is the real image."""

import json
from pathlib import Path

from installed_wheel import Installed, build_wheel


def test_project_of_somebody_elses_floods_an_emulated_hub(tmp_path: Path) -> None:
    (tmp_path / "wheel").mkdir()
    installed = Installed(tmp_path, build_wheel(tmp_path / "wheel"))
    kept = ("--stormbench-keep", "all", "--stormbench-records", str(tmp_path / "kept"))
    assert "2 passed, 2 skipped" in installed.run_example_project("emulated", *kept)
    captures = list((tmp_path / "kept").glob("*.capture"))
    assert len(captures) == 2
    for capture in captures:
        shown = installed.run("stormbench", "monitor", str(capture), "--once", "--json")
        state = json.loads(shown)
        assert state["hello"]["board"] == "COMMS_HUB_PICO" and state["in"]["alerts"] >= 100
