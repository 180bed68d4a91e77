"""Where the firmware sources and the boards are: in a checkout, or carried inside the wheel."""

from pathlib import Path

import commshub

_PACKAGE = Path(__file__).resolve().parent
_CARRIED = _PACKAGE / "carried"
_CHECKOUT = _PACKAGE.parents[1]
_ROOT = _CARRIED if _CARRIED.is_dir() else _CHECKOUT


def firmware_sources() -> dict[str, Path]:
    """Every file of the firmware, by its path on the board: `main.py`, `commshub/app.py`, ..."""
    package = Path(next(iter(commshub.__path__)))
    modules = {f"commshub/{path.name}": path for path in sorted(package.glob("*.py"))}
    return {**modules, "main.py": _ROOT / "firmware" / "main.py"}


def boards_dir() -> Path:
    """The folder that holds one out-of-tree MicroPython board in each sub-folder."""
    return _ROOT / "boards"
