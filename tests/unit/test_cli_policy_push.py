"""`stormbench policy push`, and `policy show` of a hub, from the command line to the exit code."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from authority_bench import KEY, OTHER_KEY
from command_line import stormbench
from commshub.policy import Policy
from stormbench.hub import open as open_module
from stormbench.hub.sim import SimPort
from stormbench.keys.keyring import PATH_VARIABLE, HubKey, Keyring
from stormbench.link.client import HubClient
from stormbench.policies.in_force import changes, policy_in_force, push
from stormbench.policies.shipped import policy_path
from stormbench.policy_file import FIELDS, plain_policy, policy_of, read_policy

UNIQUE_ID = "00" * 8
BOARD = "/dev/ttyBOARD"
CAUTIOUS = read_policy(policy_path("tamper_cautious"))


@pytest.fixture(autouse=True)
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keyring:
    """The user's, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(PATH_VARIABLE, str(tmp_path / "keys.json"))
    return Keyring()


@pytest.fixture
def board(monkeypatch: pytest.MonkeyPatch) -> SimPort:
    """A board behind a serial port: what is behind it outlives a command."""
    port = SimPort()
    monkeypatch.setattr(open_module.SerialPort, "open", staticmethod(lambda name: port))
    return port


def in_force(port: SimPort) -> Policy:
    return policy_in_force(HubClient(port))


def is_under(port: SimPort, policy: Policy) -> bool:
    return not changes(policy, in_force(port))


def rows(shown: str, head: str) -> dict[str, list[str]]:
    """The table under a head, its rows by their first cell."""
    (table,) = [part for part in shown.split("\n\n") if part.startswith(head)]
    cells = [re.split(r"  +", line) for line in table.splitlines()]
    return {row[0]: row[1:] for row in cells[1:]}


# push


def test_push_puts_the_policy_in_force_and_shows_what_changed(board: SimPort) -> None:
    ran = stormbench("policy", "push", "tamper_cautious", "--hub", BOARD)
    assert ran.exit_code == 0, ran.err
    assert is_under(board, CAUTIOUS)
    fields = rows(ran.out, "field")
    assert fields["amber_threshold"] == ["10", "20"]
    assert fields["flush_ms"] == ["600000 (10 min)", "120000 (2 min)"]
    assert fields.keys() == {change.field for change in changes(Policy(), CAUTIOUS)}
    same = len(FIELDS) - len(fields)
    assert f"{same} of {len(FIELDS)} fields are the same" in ran.out
    assert "incidents and overloads that were open have ended" in ran.out


def test_push_shows_each_code_of_which_something_else_holds(board: SimPort) -> None:
    Path("p.toml").write_text('excluded_codes = ["8F66"]\n[code_limits]\n"8F75" = 8\n')
    stormbench("policy", "push", "p.toml", "--hub", BOARD)
    Path("p.toml").write_text('excluded_codes = ["8F67"]\n[code_limits]\n"8F75" = 9\n')
    ran = stormbench("policy", "push", "p.toml", "--hub", BOARD)
    assert rows(ran.out, "code") == {
        "8F66": ["excluded", "-"],
        "8F67": ["-", "excluded"],
        "8F75": ["own limit 8", "own limit 9"],
    }


def test_push_of_what_is_in_force_sends_nothing_and_says_so(board: SimPort) -> None:
    before = HubClient(board).counters()["saves"]
    ran = stormbench("policy", "push", "default", "--hub", BOARD)
    assert (ran.exit_code, ran.out.count("in force already; nothing sent")) == (0, 1)
    assert HubClient(board).counters()["saves"] == before


def test_dry_run_shows_what_would_change_and_changes_nothing(board: SimPort) -> None:
    ran = stormbench("policy", "push", "tamper_cautious", "--hub", BOARD, "--dry-run")
    assert ran.exit_code == 0
    assert rows(ran.out, "field")["red_threshold"] == ["20", "40"]
    assert ran.out.endswith("dry run: nothing was sent\n")
    assert is_under(board, Policy())


@pytest.mark.parametrize("dry_run", [True, False])
def test_push_as_json_has_both_values_of_each_change(board: SimPort, dry_run: bool) -> None:
    options = ["--dry-run"] if dry_run else []
    ran = stormbench("policy", "push", "tamper_cautious", "--hub", BOARD, "--json", *options)
    found = ran.document()
    assert (found["hub"], found["unique_id"], found["keyed"]) == (BOARD, UNIQUE_ID, False)
    assert found["pushed"] is not dry_run
    assert found["changes"]["sample_mode"] == {"before": "period", "after": "either"}


def test_push_of_a_refused_file_says_every_refusal_and_opens_no_hub(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(open_module.SerialPort, "open", lambda name: pytest.fail("opened"))
    Path("p.toml").write_text("code_limit = -1\nnope = 1\n")
    ran = stormbench("policy", "push", "p.toml", "--hub", BOARD)
    assert (ran.exit_code, ran.out) == (2, "")
    assert "p.toml: code_limit: must be" in ran.err and "p.toml: nope: no such" in ran.err


def test_push_warns_of_what_is_unwise(board: SimPort) -> None:
    ran = stormbench("policy", "push", "bad", "--hub", BOARD)
    assert ran.exit_code == 0 and ran.err.count("stormbench: warning: ") >= 10


def test_push_to_a_hub_with_a_key_is_authorised_from_the_keyring(
    board: SimPort, keyring: Keyring
) -> None:
    HubClient(board).set_key(KEY)
    keyring.put(UNIQUE_ID, HubKey(KEY))
    ran = stormbench("policy", "push", "tamper_cautious", "--hub", BOARD)
    assert ran.exit_code == 0 and is_under(board, CAUTIOUS)


@pytest.mark.parametrize(
    ("kept", "why"), [(None, "has none for its id"), (OTHER_KEY, "the MAC is wrong")]
)
def test_push_without_authority_ends_with_1_and_changes_nothing(
    board: SimPort, keyring: Keyring, kept: bytes | None, why: str
) -> None:
    HubClient(board).set_key(KEY)
    if kept is not None:
        keyring.put(UNIQUE_ID, HubKey(kept))
    ran = stormbench("policy", "push", "tamper_cautious", "--hub", BOARD)
    assert ran.exit_code == 1 and why in ran.complaint()
    assert is_under(board, Policy())


class Deaf(HubClient):
    """A client of a hub that says that it took a policy, and did not."""

    def set_policy(self, values: Any) -> tuple[()]:
        return ()


def test_policy_that_is_read_back_otherwise_ends_with_1_and_both_values(
    board: SimPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_module, "HubClient", Deaf)
    ran = stormbench("policy", "push", "tamper_cautious", "--hub", BOARD)
    assert ran.exit_code == 1
    assert "amber_threshold: sent 20, read back 10" in ran.complaint()


def test_push_to_a_virtual_hub_says_that_it_is_gone_afterwards() -> None:
    ran = stormbench("policy", "push", "tamper_cautious", "--hub", "sim")
    assert ran.exit_code == 0
    assert "hub sim is virtual: it is new, without a key" in ran.err


def test_example_in_the_help_works() -> None:
    shown = stormbench("policy", "push", "--help").out
    (text,) = re.findall(r"Example: stormbench (.*)", shown)
    assert stormbench(*shlex.split(text)).exit_code == 0


# show


def test_show_of_a_hub_is_what_it_has_in_force(board: SimPort) -> None:
    push(HubClient(board), CAUTIOUS)
    ran = stormbench("policy", "show", "--hub", BOARD)
    assert ran.out.startswith(f"policy: in force on hub {BOARD}\n")
    fields = rows(ran.out, "field")
    assert list(fields) == list(FIELDS)
    assert fields["amber_threshold"] == ["20", "hub"]
    assert rows(ran.out, "code")["8F75"][:2] == ["20", "own limit"]


def test_show_of_a_hub_as_json_is_a_policy_that_can_be_read_again(board: SimPort) -> None:
    push(HubClient(board), CAUTIOUS)
    found = stormbench("policy", "show", "--hub", BOARD, "--json").document()
    assert (found["file"], found["hub"]) == (None, BOARD)
    values = {name: field["value"] for name, field in found["fields"].items()}
    assert plain_policy(policy_of(values, "shown")) == plain_policy(CAUTIOUS)
    assert {field["from"] for field in found["fields"].values()} == {"hub"}


def test_show_of_a_hub_needs_no_key(board: SimPort) -> None:
    HubClient(board).set_key(KEY)
    assert stormbench("policy", "show", "--hub", BOARD).exit_code == 0


def test_show_of_a_hub_and_of_a_file_at_once_ends_with_2() -> None:
    ran = stormbench("policy", "show", "default", "--hub", "sim")
    assert ran.exit_code == 2 and "goes without a policy" in ran.complaint()


def test_show_without_a_hub_asks_none_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("STORMBENCH_HUB", BOARD)
    monkeypatch.setattr(open_module.SerialPort, "open", lambda name: pytest.fail("opened"))
    assert stormbench("policy", "show").exit_code == 0
