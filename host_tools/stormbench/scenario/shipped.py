"""The scenarios that come with stormbench, by name."""

from pathlib import Path

from stormbench.shipped_files import ShippedFiles

_LIBRARY = ShippedFiles(Path(__file__).parent / "library", "scenario")

scenario_names = _LIBRARY.names
scenario_path = _LIBRARY.path
