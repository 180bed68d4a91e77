"""The pytest plugin: a hub and storms into it as fixtures, in anybody's tests.

Every pytest that has stormbench installed loads this, so it imports nothing of weight until a test
asks for `hub`, and has a say only in tests that do. A fixture of the same name in a conftest.py
takes its place, as pytest has it.

No file beside this one may be named as a fixture: once imported, it would take that one's place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stormbench.pytest_plugin.skips import point_to_test

if TYPE_CHECKING:
    from stormbench.inject.injection import HeldResult
    from stormbench.link.client import HubClient
    from stormbench.pytest_plugin.records import Records, TestRecord
    from stormbench.scenario.model import Scenario

_OPTION = "--stormbench-hub"
_RECORDS_OPTION = "--stormbench-records"
_KEEP_OPTION = "--stormbench-keep"
_NAME = "_stormbench_hub_name"
_NO_HUB = (
    f"no hub is named: {_OPTION} takes sim, unix, emulated, auto, id:SERIAL, a port or a URL; "
    "STORMBENCH_HUB does, too"
)

# Of the session.
_HUB = pytest.StashKey["HubClient"]()
_HUB_NAME = pytest.StashKey[str]()
_RECORDS = pytest.StashKey["Records"]()
_ITEM = pytest.StashKey[pytest.Item]()
# Of a test.
_CLIENT = pytest.StashKey["HubClient"]()
_LOG_BEFORE = pytest.StashKey[int]()
_RESULTS = pytest.StashKey["list[HeldResult]"]()
_RECORD = pytest.StashKey["TestRecord"]()
_OUTCOME = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--stormbench-hub`, and where captures and logs go."""
    group = parser.getgroup("stormbench", "a Communications Hub, and alert storms into it")
    group.addoption(
        _OPTION,
        action="append",
        default=[],
        metavar="H",
        help="Hub for the fixture `hub`, as `stormbench --hub` takes it; given again, each test "
        "runs on every one of them. Default: STORMBENCH_HUB; without one such tests are skipped.",
    )
    group.addoption(
        _RECORDS_OPTION,
        metavar="DIR",
        type=Path,
        help="Folder for a capture and a log of each test with `hub` that failed. Default: one in "
        "pytest's temporary folder.",
    )
    group.addoption(
        _KEEP_OPTION,
        choices=("failed", "all"),
        default="failed",
        help="Keep captures and logs of tests that failed, or of all. Default: %(default)s.",
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
    item.stash[_RESULTS] = []
    item.config.stash[_ITEM] = item
    name = _hub_named(getattr(item, "callspec", None))
    client = _open_hub(item)
    if client is not None and name == item.config.stash[_HUB_NAME]:
        _begin_record(item, client)
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
    """Show with a failure what the hub said meanwhile, what storms came to, what is kept of it."""
    report = yield
    point_to_test(item, report)
    if _RECORD not in item.stash:
        return report
    if report.skipped and not hasattr(report, "wasxfail"):
        item.stash.setdefault(_OUTCOME, "skipped")
    if report.failed:
        item.stash[_OUTCOME] = "failed"
        report.sections += _sections(item)
    if _is_kept(item) and item.stash[_RECORD].capture.exists():
        _tell_files(item, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """End what is recorded of a test once all is known of it."""
    try:
        return (yield)
    finally:
        if (record := item.stash.get(_RECORD, None)) is not None:
            record.end(_sections(item), is_kept=_is_kept(item))
            del item.stash[_RECORD]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where captures and logs are, and what is not whole of them."""
    records = terminalreporter.config.stash.get(_RECORDS, None)
    if records is None or not (records.kept or records.complaints):
        return
    terminalreporter.section("stormbench")
    for complaint in records.complaints:
        terminalreporter.line(complaint)
    if records.kept:
        count = len(records.kept)
        terminalreporter.line(f"{count} captures, with a log of each: {records.folder}")


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
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[HubClient]:
    """A client of the hub that `--stormbench-hub` names, open for the whole session.

    Where there is no such hub, the test is skipped.
    """
    from stormbench.errors import HostToolError, NoHub
    from stormbench.hub.open import open_hub
    from stormbench.policies.in_force import policy_in_force

    name = _stormbench_hub_name
    config = request.config
    item = config.stash[_ITEM]
    try:
        records = _records(config, tmp_path_factory)
        item.stash[_RECORD] = records.begin(item.nodeid)
        client = open_hub(name, recording=records.recording)
    except NoHub as error:
        pytest.skip(f"{_OPTION} {name}: {error}")
    except HostToolError as error:
        pytest.fail(f"{_OPTION} {name}: {error}", pytrace=False)
    config.stash[_HUB] = item.stash[_CLIENT] = client
    config.stash[_HUB_NAME] = name
    item.stash[_LOG_BEFORE] = 0
    try:
        for what, value in _identity(client):
            record_testsuite_property(f"{what}[{name}]", value)
        record_testsuite_property(f"stormbench_policy[{name}]", _shown(policy_in_force(client)))
        yield client
    finally:
        del config.stash[_HUB]
        client.close()


@pytest.fixture
def capture(hub: HubClient, request: pytest.FixtureRequest) -> Path:
    """The capture of this test: every frame of it, as `stormbench capture show` reads it.

    It is there for every test with `hub`, asked for or not; it grows while the test runs, and
    stays if the test fails.
    """
    item: pytest.Item = request.node
    return item.stash[_RECORD].capture


@pytest.fixture
def clean_hub(hub: HubClient) -> HubClient:
    """`hub` under the default policy, on its own clock, with nothing counted in its windows.

    Its `counters()` begin at 0. The hub's own go on, as no command sets them back; what says how
    it is and counts nothing (`queued`, `unreported`, `counts_owed`) is as the hub has it. Where
    the hub restarts, counters of frames and saves are since that boot, as `hub` has them.
    """
    from commshub.policy import Policy
    from stormbench.inject.one_hub import begin
    from stormbench.pytest_plugin.hub_view import CleanHub

    begin(hub, Policy())
    return CleanHub(hub)


@pytest.fixture
def storm(
    hub: HubClient, _stormbench_hub_name: str, request: pytest.FixtureRequest
) -> Callable[..., HeldResult]:
    """Floods the hub: `storm(code="8F3F", per_s=20, count=500)` or `storm("storm.toml")`.

    The policy in force stays, unless a scenario brings one. A scenario's faults are put into the
    link for as long as its storm lasts, and its bounds are held against the result. A scenario
    that does not fit this hub (its `runs_on`) skips the test. The result has `certified` and
    `failures`, bounds that are not met among them, `bounds`, and by name what
    `stormbench inject --json` prints: `result["acknowledged"]`.

    Raises (by the call):
        InvalidInput: a value is none for it, or such a storm may not be sent.
    """
    from stormbench.errors import InvalidInput
    from stormbench.hub.open import with_faults
    from stormbench.pytest_plugin.storms import of_one_code, of_scenario

    item: pytest.Item = request.node

    def run(
        scenario: Scenario | Path | str | None = None,
        *,
        code: str = "8F3F",
        per_s: float = 20,
        count: int = 500,
        time_scale: float | None = None,
        real_ids: bool = False,
    ) -> HeldResult:
        __tracebackhide__ = True
        try:
            if scenario is None:
                injection = of_one_code(code, per_s, count, time_scale)
            else:
                injection = of_scenario(scenario, time_scale, _stormbench_hub_name, real_ids)
            with with_faults(hub, injection.faults):
                result = injection.into(hub, _stormbench_hub_name)
        except InvalidInput as error:
            raise InvalidInput(str(error)) from None  # what is wrong is at the call
        item.stash[_RESULTS].append(result)
        item.user_properties.append(("stormbench_policy", json.dumps(result["policy"])))
        return result

    return run


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


def _records(config: pytest.Config, folders: pytest.TempPathFactory) -> Records:
    """The records of this session, in the folder that is named, else in one of pytest's."""
    from stormbench.pytest_plugin.records import Records

    if (records := config.stash.get(_RECORDS, None)) is None:
        folder = config.getoption(_RECORDS_OPTION) or folders.mktemp("stormbench", numbered=False)
        records = config.stash[_RECORDS] = Records(folder)
    return records


def _begin_record(item: pytest.Item, client: HubClient) -> None:
    item.stash[_CLIENT] = client
    item.stash[_LOG_BEFORE] = len(client.log)
    item.stash[_RECORD] = item.config.stash[_RECORDS].begin(item.nodeid, client)


def _is_kept(item: pytest.Item) -> bool:
    kept = ("failed", "passed") if item.config.getoption(_KEEP_OPTION) == "all" else ("failed",)
    return item.stash.get(_OUTCOME, "passed") in kept


def _tell_files(item: pytest.Item, report: pytest.TestReport) -> None:
    """Say with a failure, and once in JUnit, where its files are."""
    record: TestRecord = item.stash[_RECORD]
    if report.failed:
        files = f"{record.capture}\n{record.log}"
        report.sections.append(("stormbench: capture and log", files))
    for name, path in (("capture", record.capture), ("log", record.log)):
        told = (f"stormbench_{name}", str(path))
        if told not in item.user_properties:
            item.user_properties.append(told)
            report.user_properties.append(told)


def _sections(item: pytest.Item) -> list[tuple[str, str]]:
    from stormbench.inject.text import text_of
    from stormbench.printable import printable

    sections = []
    if results := item.stash.get(_RESULTS, []):
        texts = (text_of([result], result.bounds, result.time_scale) for result in results)
        sections.append(("stormbench: storms", "\n".join(texts)))
    if (client := item.stash.get(_CLIENT, None)) is not None:
        said = client.log[item.stash[_LOG_BEFORE] :]
        sections.append(
            ("stormbench: what the hub said", "\n".join(map(printable, said)) or "nothing")
        )
    return sections
