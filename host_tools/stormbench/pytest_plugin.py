"""The pytest plugin: a hub and storms into it as fixtures, in anybody's tests.

Every pytest that has stormbench installed loads this, so it imports nothing of weight until a test
asks for `hub`, and has a say only in tests that do. A fixture of the same name in a conftest.py
takes its place, as pytest has it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from stormbench.inject.one_hub import Result
    from stormbench.inject.plan import Shot
    from stormbench.link.client import HubClient
    from stormbench.scenario.model import Scenario

_OPTION = "--stormbench-hub"
_NAME = "_stormbench_hub_name"
_NO_HUB = (
    f"no hub is named: {_OPTION} takes sim, unix, emulated, auto, id:SERIAL, a port or a URL; "
    "STORMBENCH_HUB does, too"
)

_HUB = pytest.StashKey["HubClient"]()
_LOG_BEFORE = pytest.StashKey[int]()
_RESULTS = pytest.StashKey["list[Result]"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--stormbench-hub`."""
    parser.getgroup("stormbench", "a Communications Hub, and alert storms into it").addoption(
        _OPTION,
        action="append",
        default=[],
        metavar="H",
        help="Hub for the fixture `hub`, as `stormbench --hub` takes it; given again, each test "
        "runs on every one of them. Default: STORMBENCH_HUB; without one such tests are skipped.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    for marker in (
        "hardware: stormbench: only on a board; a test with `hub` is skipped on a virtual one",
        "emulated: stormbench: only on the emulated Pico; a test with `hub` is skipped elsewhere",
    ):
        config.addinivalue_line("markers", marker)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test with `hub` once for each hub that is named."""
    names = metafunc.config.getoption(_OPTION)
    if names and _NAME in metafunc.fixturenames:
        metafunc.parametrize(_NAME, names, indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what this hub is not for, before it is opened."""
    if not _uses_hub(item):
        return
    client = _open_hub(item)
    item.stash[_LOG_BEFORE] = len(client.log) if client else 0
    item.stash[_RESULTS] = []
    name = _hub_named(getattr(item, "callspec", None))
    if item.get_closest_marker("hardware"):
        _require_board(name)
    if item.get_closest_marker("emulated"):
        _require_emulated(name)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Say in JUnit which board a test ran on."""
    if (client := _open_hub(item)) is not None:
        item.user_properties += _identity(client)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what the hub said meanwhile, and what the storms came to."""
    report = yield
    client = _open_hub(item)
    if client is not None and report.failed:
        report.sections += _sections(item, client)
    return report


@pytest.fixture(scope="session", name=_NAME)
def _hub_name(request: pytest.FixtureRequest) -> str:
    """The hub that a test runs on."""
    name = getattr(request, "param", None) or os.environ.get("STORMBENCH_HUB")
    if not name:
        pytest.skip(_NO_HUB)
    return str(name)


@pytest.fixture(scope="session")
def hub(
    _stormbench_hub_name: str,
    request: pytest.FixtureRequest,
    record_testsuite_property: Callable[[str, object], None],
) -> Iterator[HubClient]:
    """A client of the hub that `--stormbench-hub` names, open for the whole session.

    Where there is no such hub, the test is skipped.
    """
    from stormbench.errors import HostToolError, NoHub
    from stormbench.hub.open import open_hub
    from stormbench.policies.in_force import policy_in_force

    name = _stormbench_hub_name
    try:
        client = open_hub(name)
    except NoHub as error:
        pytest.skip(f"{_OPTION} {name}: {error}")
    except HostToolError as error:
        pytest.fail(f"{_OPTION} {name}: {error}", pytrace=False)
    request.config.stash[_HUB] = client
    try:
        for what, value in _identity(client):
            record_testsuite_property(f"{what}[{name}]", value)
        record_testsuite_property(f"stormbench_policy[{name}]", _shown(policy_in_force(client)))
        yield client
    finally:
        del request.config.stash[_HUB]
        client.close()


@pytest.fixture
def clean_hub(hub: HubClient) -> HubClient:
    """`hub` under the default policy, on its own clock, with nothing counted in its windows.

    Its cumulative counters go on: no command sets them back. A storm's result has the difference.
    """
    from commshub.policy import Policy
    from stormbench.inject.one_hub import begin

    begin(hub, Policy())
    return hub


@pytest.fixture
def storm(
    hub: HubClient, _stormbench_hub_name: str, request: pytest.FixtureRequest
) -> Callable[..., Result]:
    """Floods the hub: `storm(code="8F3F", per_s=20, count=500)` or `storm("storm.toml")`.

    The policy in force stays, unless a scenario brings one. The result has `certified`,
    `failures`, and by name what `stormbench inject --json` prints: `result["acknowledged"]`.
    """
    from stormbench.inject.one_hub import begin, storm_into

    item: pytest.Item = request.node

    def run(
        scenario: Scenario | Path | str | None = None,
        *,
        code: str = "8F3F",
        per_s: float = 20,
        count: int = 500,
        time_scale: float | None = None,
        real_ids: bool = False,
    ) -> Result:
        policy, shots = _plan(scenario, code, per_s, count, time_scale, real_ids)
        begin(hub, policy)
        result = storm_into(hub, _stormbench_hub_name, shots)
        item.stash[_RESULTS].append(result)
        item.user_properties.append(("stormbench_policy", json.dumps(result["policy"])))
        return result

    return run


def _plan(
    scenario: Scenario | Path | str | None,
    code: str,
    per_s: float,
    count: int,
    time_scale: float | None,
    real_ids: bool,
) -> tuple[Any, Sequence[Shot]]:
    """The policy that is asked for, or None, and the alerts."""
    from stormbench.inject.plan import (
        even_storm,
        policy_of_run,
        require_within_limits,
        storms_of,
    )
    from stormbench.policy_file import code_of
    from stormbench.scenario.model import Scenario
    from stormbench.scenario.read import changed, read_scenario
    from stormbench.scenario.shipped import scenario_path

    policy = None
    if scenario is None:
        shots = even_storm(code_of(code), per_s, count)
    else:
        if not isinstance(scenario, Scenario):
            scenario = read_scenario(scenario_path(str(scenario)))
        scenario = changed(scenario, time_scale=time_scale)
        (shots,) = storms_of(scenario, 1)
        policy = policy_of_run(scenario)
    require_within_limits([shots], real_ids=real_ids)
    return policy, shots


def _uses_hub(item: pytest.Item) -> bool:
    return _NAME in getattr(item, "fixturenames", ())


def _open_hub(item: pytest.Item) -> HubClient | None:
    """The hub of a test that uses one, if it is open by now."""
    return item.config.stash.get(_HUB, None) if _uses_hub(item) else None


def _hub_named(callspec: Any) -> str | None:
    name = callspec.params.get(_NAME) if callspec else None
    return name or os.environ.get("STORMBENCH_HUB")


def _require_board(name: str | None) -> None:
    from stormbench.hub.open import is_virtual

    if name is None or is_virtual(name):
        pytest.skip(f"needs a board, and the hub is {name or 'none'}: name one with {_OPTION}")


def _require_emulated(name: str | None) -> None:
    from stormbench.hub.open import hub_kind
    from stormbench.hub.stock import STOCK
    from stormbench.image import find_image

    kind = name and hub_kind(name)
    if kind not in ("emulated", STOCK):
        pytest.skip(f"needs an emulated Pico, and the hub is {name or 'none'}: {_OPTION} emulated")
    if kind != STOCK and find_image() is None:
        pytest.skip(
            "no image of the hub is in the cache: `stormbench firmware build`, or "
            "`stormbench firmware get`"
        )


def _identity(hub: HubClient) -> list[tuple[str, object]]:
    return [
        ("stormbench_board", hub.hello.unique_id),
        ("stormbench_firmware_sha256", hub.hello.source_sha256),
    ]


def _shown(policy: Any) -> str:
    from stormbench.policy_file import plain_policy

    return json.dumps(plain_policy(policy))


def _sections(item: pytest.Item, hub: HubClient) -> list[tuple[str, str]]:
    from stormbench.inject.text import text_of
    from stormbench.printable import printable

    said = hub.log[item.stash.get(_LOG_BEFORE, 0) :]
    sections = []
    if results := item.stash.get(_RESULTS, []):
        sections.append(("stormbench: storms", text_of(results)))
    sections.append(
        ("stormbench: what the hub said", "\n".join(map(printable, said)) or "nothing")
    )
    return sections
