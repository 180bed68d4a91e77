"""The pytest plugin as an outsider has it: from the wheel, and the hub is the real image."""

from pathlib import Path

from installed_wheel import Installed, build_wheel


def test_project_of_somebody_elses_floods_an_emulated_hub(tmp_path: Path) -> None:
    (tmp_path / "wheel").mkdir()
    installed = Installed(tmp_path, build_wheel(tmp_path / "wheel"))
    assert "2 passed, 2 skipped" in installed.run_example_project("emulated")
