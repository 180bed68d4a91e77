"""The scenarios that come with stormbench, by name."""

from pathlib import Path

from stormbench.scenario.read import read_scenario
from stormbench.shipped_files import ShippedFiles

_LIBRARY = ShippedFiles(Path(__file__).parent / "library", "scenario")

scenario_names = _LIBRARY.names
scenario_path = _LIBRARY.path


def scenarios_of(role: str) -> tuple[str, ...]:
    """The names of those whose cause has this role, in order."""
    found = ((name, read_scenario(scenario_path(name)).cause) for name in scenario_names())
    return tuple(name for name, cause in found if cause and cause.role == role)
