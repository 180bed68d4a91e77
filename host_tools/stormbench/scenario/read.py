"""Scenario files read: every error has the file, the line and the field."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stormbench.errors import InvalidInput
from stormbench.policy_file import examine, read_toml
from stormbench.printable import printable
from stormbench.scenario.model import Scenario
from stormbench.scenario.phases import FOLDER
from stormbench.strict_model import Problem, problems
from stormbench.toml_lines import TomlLines

SHIPPED_DEFAULT = Path(__file__).parent / "default.toml"


def read_scenario(path: Path | None) -> Scenario:
    """The scenario in a TOML file; the shipped default for None.

    Raises:
        InvalidInput: it cannot be read or is not a scenario; a line for each field that is wrong.
    """
    chosen = path or SHIPPED_DEFAULT
    fields = read_toml(chosen)
    found = _wrong_policy(fields)
    scenario = None
    try:
        scenario = Scenario.model_validate(_tuples(fields), context={FOLDER: chosen.parent})
    except ValidationError as error:
        found = [*problems(error, fields), *found]
    if found or scenario is None:
        raise InvalidInput("\n".join(_sentences(chosen, found)))
    return scenario


def _wrong_policy(fields: dict[str, Any]) -> list[Problem]:
    policy = fields.get("policy")
    if not isinstance(policy, dict):
        return []
    return [
        Problem(("policy", refusal.field) if refusal.field else ("policy",), refusal.reason)
        for refusal in examine(policy).refusals
    ]


def _sentences(path: Path, found: list[Problem]) -> list[str]:
    """One for each, in the order of the file; `s.toml:12: phases.0.code: ...`."""
    lines = TomlLines(path.read_text(encoding="utf-8-sig"))
    placed = [(lines.line_of(problem.place), problem) for problem in found]
    placed.sort(key=lambda each: each[0] or 0)
    return [
        printable(f"{path}{'' if line is None else f':{line}'}: {problem.sentence()}")
        for line, problem in placed
    ]


def _tuples(value: Any) -> Any:
    """Lists as tuples, which a frozen model holds; TOML has no tuples of its own."""
    if isinstance(value, list):
        return tuple(_tuples(item) for item in value)
    if isinstance(value, dict):
        return {key: item if key == "policy" else _tuples(item) for key, item in value.items()}
    return value


def changed(scenario: Scenario, **given: float | None) -> Scenario:
    """The scenario with what was given, if not None, in the place of its own fields."""
    return scenario.model_copy(update={k: v for k, v in given.items() if v is not None})
