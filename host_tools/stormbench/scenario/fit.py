"""Whether a scenario fits a hub."""

from stormbench.errors import InvalidInput
from stormbench.hub.open import hub_kind, is_virtual
from stormbench.scenario.model import BOARD, Scenario


def fits(scenario: Scenario, hub_name: str) -> bool:
    """Whether the scenario says that it fits a hub of that name."""
    kind = hub_kind(hub_name).partition(":")[0] if is_virtual(hub_name) else BOARD
    return kind in scenario.runs_on


def require_comparable(scenario: Scenario) -> None:
    """Go on only with a scenario that some virtual hub is for.

    Raises:
        InvalidInput: it is for boards alone.
    """
    if scenario.is_for_boards_only:
        raise InvalidInput(
            f"scenario {scenario.name!r} is for boards alone (its runs_on), and a comparison runs "
            "on the scenario's clock, which no board has: `stormbench inject` sends it to one"
        )


def require_fit(scenario: Scenario, hub_name: str) -> None:
    """Go on only with a hub that the scenario says it fits.

    Raises:
        InvalidInput: it names others.
    """
    if not fits(scenario, hub_name):
        raise InvalidInput(
            f"--hub {hub_name}: scenario {scenario.name!r} fits {', '.join(scenario.runs_on)} "
            "(its runs_on); name one with --hub"
        )
