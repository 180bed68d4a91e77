"""`stormbench policy` from the command line to the exit code."""

import os
import re
import shlex
from pathlib import Path

import pytest

from command_line import stormbench
from commshub.policy import Policy
from hubwire.codes import alert_name
from stormbench.policies.shipped import policy_path, shipped_names
from stormbench.policy_file import FIELDS, plain_policy, read_policy

COMMANDS = ("check", "default", "show")


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Writes a file into the current folder, which is an empty one, and gives its name."""
    monkeypatch.chdir(tmp_path)

    def write_file(content: str | bytes, name: str = "p.toml") -> str:
        Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return name

    return write_file


def example(*command: str) -> list[str]:
    """The arguments of the example in a command's help, without what the shell does."""
    shown = stormbench("policy", *command, "--help").out
    (text,) = re.findall(r"Example: stormbench (.*)", shown)
    return shlex.split(text.split(" > ")[0])


# check


def test_check_says_accepted_and_ends_with_0(write):
    ran = stormbench("policy", "check", write("code_limit = 7"))
    assert (ran.exit_code, ran.out, ran.err) == (0, "p.toml: accepted\n", "")


def test_check_says_every_refusal_and_ends_with_2(write):
    file = write('code_limit = -1\nflush_ms = 0.5\nnope = 1\nexcluded_codes = ["8F6"]')
    ran = stormbench("policy", "check", file)
    assert ran.exit_code == 2
    fields = [line.split(": ")[:2] for line in ran.out.splitlines()]
    assert fields == [
        [file, name] for name in ("code_limit", "flush_ms", "nope", "excluded_codes")
    ]


def test_check_says_on_stderr_how_many_are_refused(write):
    ran = stormbench("policy", "check", write("nope = 1"), "default")
    assert ran.err == "stormbench: 1 of 2 policies refused\n"


def test_check_goes_on_after_a_refused_file(write):
    ran = stormbench("policy", "check", "missing.toml", write("code_limit = 7"))
    assert ran.exit_code == 2
    assert ran.out.splitlines()[-1] == "p.toml: accepted"


def test_check_says_warnings_and_ends_with_0(write):
    ran = stormbench("policy", "check", write("shadow = true"))
    assert ran.exit_code == 0
    accepted, warning = ran.out.splitlines()
    assert accepted == "p.toml: accepted"
    assert warning.startswith("p.toml: warning: shadow: true")


def test_check_of_a_refused_policy_says_no_warnings(write):
    ran = stormbench("policy", "check", write("shadow = true\nnope = 1"))
    assert "warning" not in ran.out


def test_check_warns_of_the_bad_policy():
    ran = stormbench("policy", "check", "bad")
    assert ran.exit_code == 0
    assert ran.out.count(": warning: ") >= 10


def test_check_as_json_has_refusals_and_warnings_of_each_file(write):
    files = [write("nope = 1", "a.toml"), write("shadow = true", "b.toml")]
    ran = stormbench("policy", "check", *files, "--json")
    refused, accepted = ran.document()["files"]
    assert (refused["file"], refused["accepted"], refused["warnings"]) == ("a.toml", False, [])
    assert [refusal["field"] for refusal in refused["refusals"]] == ["nope"]
    assert (accepted["file"], accepted["accepted"], accepted["refusals"]) == ("b.toml", True, [])
    assert [warning["field"] for warning in accepted["warnings"]] == ["shadow"]


def test_check_as_json_ends_with_2_too(write):
    assert stormbench("policy", "check", write("nope = 1"), "--json").exit_code == 2


def test_check_of_nothing_ends_with_2():
    assert stormbench("policy", "check").exit_code == 2


BAD_FILES = {
    "not UTF-8": (b"\xff\xfe", "not TOML: not UTF-8 at byte 0"),
    "not TOML": ("code_limit = ", "not TOML: "),
    "an array where a table should be": ("code_limits = [8]", "code_limits: must be a table"),
    "tables in an array": ('[[code_limits]]\n"8F75" = 8', "code_limits: must be a table"),
    "a table where a list should be": ("[excluded_codes]", "excluded_codes: must be a list"),
    "a boolean for a number": (
        "code_limit = true",
        "code_limit: must be a whole number, got True",
    ),
    "a float": ("code_limit = 5.0", "code_limit: must be a whole number, got 5.0"),
    "no number": ("flush_ms = nan", "flush_ms: must be a whole number, got nan"),
    "a code of 3 digits": ('excluded_codes = ["8F3"]', "excluded_codes: a code is 4 hex digits"),
    "a code twice": (
        '[code_limits]\n"8f3e" = 8\n"8F3E" = 8',
        "code_limits: 8F3E must be named once",
    ),
    "a huge number": (
        "code_limit = 0x" + "F" * 9000,
        "code_limit: must hold numbers of at most 64",
    ),
    "a large number": ("code_limit = 65536", "code_limit: must be 0 to 65535, got 65536"),
    "a number too huge to read": ("code_limit = " + "9" * 9000, "not TOML: "),
}


@pytest.mark.parametrize("kind", BAD_FILES)
@pytest.mark.parametrize("command", ["check", "show"])
def test_bad_file_ends_with_2_and_says_where_and_why(write, command, kind):
    content, why = BAD_FILES[kind]
    ran = stormbench("policy", command, write(content))
    assert ran.exit_code == 2
    assert f"p.toml: {why}" in ran.out + ran.err


@pytest.mark.parametrize("command", ["check", "show"])
def test_folder_ends_with_2(write, command):
    os.mkdir("folder.d")
    write("")
    ran = stormbench("policy", command, "folder.d")
    assert ran.exit_code == 2
    assert "folder.d: cannot be read: Is a directory" in ran.out + ran.err


@pytest.mark.parametrize("command", ["check", "show"])
def test_file_that_may_not_be_read_ends_with_2(write, command, monkeypatch):
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    ran = stormbench("policy", command, "p.toml")
    assert ran.exit_code == 2
    assert "p.toml: cannot be read: Permission denied" in ran.out + ran.err


@pytest.mark.parametrize("command", ["check", "show"])
def test_unknown_word_ends_with_2_and_says_which_there_are(command):
    complaint = stormbench("policy", command, "nope").complaint()
    assert "called 'nope'; there are bad, default, tamper_cautious" in complaint
    assert "./nope" in complaint


def test_what_a_terminal_obeys_is_not_printed(write):
    ran = stormbench("policy", "check", write('"a\\u0008" = 1'))
    assert ran.out.startswith("p.toml: a: no such field")


# default


def test_default_is_accepted_and_is_the_default_policy(write):
    file = write(stormbench("policy", "default").out)
    assert stormbench("policy", "check", file).out == "p.toml: accepted\n"
    assert vars(read_policy(Path(file))) == vars(Policy())


def test_default_is_the_shipped_file():
    ran = stormbench("policy", "default")
    assert (ran.exit_code, ran.out) == (0, policy_path("default").read_text(encoding="utf-8"))


def test_default_as_json_is_the_default_policy():
    assert stormbench("policy", "default", "--json").document() == plain_policy(Policy())


# show


def rows(ran, head: str) -> dict[str, list[str]]:
    """A table that was shown, under the head of its first column; its rows by their first cell."""
    (table,) = [part for part in ran.out.split("\n\n") if part.startswith(head)]
    cells = [re.split(r"  +", line) for line in table.splitlines()]
    return {row[0]: row[1:] for row in cells[1:]}


def test_show_of_nothing_is_the_default():
    ran = stormbench("policy", "show")
    fields = rows(ran, "field")
    assert ran.exit_code == 0
    assert list(fields) == list(FIELDS)
    assert {origin for _, origin in fields.values()} == {"default"}


def test_show_says_what_the_file_names(write):
    fields = rows(
        stormbench("policy", "show", write("code_limit = 7\nflush_ms = 600000")), "field"
    )
    assert fields["code_limit"] == ["7", "file"]
    assert fields["flush_ms"] == ["600000 (10 min)", "file"]
    assert fields["code_clear_limit"] == ["2", "default"]


def test_show_has_the_columns_in_line():
    lines = stormbench("policy", "show").out.splitlines()
    table = lines[2 : 2 + len(FIELDS) + 1]
    assert len({line.rindex("  ") for line in table}) == 1


def test_show_says_the_limit_of_each_code_asked_for():
    ran = stormbench("policy", "show", "tamper_cautious", "--code", "8f75", "--code", "8F66")
    assert rows(ran, "code") == {
        "8F75": ["20", "own limit", alert_name(0x8F75)],
        "8F66": ["never throttled", "excluded", alert_name(0x8F66)],
    }


def test_show_of_a_code_without_a_limit_of_its_own_says_the_common_one():
    ran = stormbench("policy", "show", "--code", "81A0")
    assert rows(ran, "code") == {"81A0": ["5", "code_limit", alert_name(0x81A0)]}


def test_show_of_an_excluded_code_with_a_limit_says_that_it_is_never_throttled(write):
    file = write('[code_limits]\n"8F66" = 8')
    ran = stormbench("policy", "show", file, "--code", "8F66")
    assert rows(ran, "code")["8F66"][:2] == ["never throttled", "excluded"]


def test_show_says_that_a_code_is_not_in_the_table():
    ran = stormbench("policy", "show", "--code", "1234")
    assert rows(ran, "code")["1234"][-1] == "not in the table of codes"


def test_show_has_every_code_of_the_policy_if_none_is_asked_for(write):
    file = write('excluded_codes = ["8F72"]\n[code_limits]\n"0001" = 8')
    assert list(rows(stormbench("policy", "show", file), "code")) == ["0001", "8F72"]


def test_show_as_json_has_fields_and_codes(write):
    ran = stormbench("policy", "show", write("shadow = true"), "--code", "8F66", "--json")
    shown = ran.document()
    assert shown["file"] == "p.toml"
    assert shown["fields"]["shadow"] == {"value": True, "from": "file"}
    assert shown["fields"]["sample_mode"] == {"value": "period", "from": "default"}
    name = alert_name(0x8F66)
    code = {"code": "8F66", "name": name, "limit": None, "rule": "excluded"}
    assert shown["codes"] == [code]


@pytest.mark.parametrize("code", ["8F6", "8F666", "8F6G", ""])
def test_show_of_what_is_no_code_ends_with_2(code):
    ran = stormbench("policy", "show", "--code", code)
    assert ran.exit_code == 2
    assert "a code is 4 hex digits" in ran.complaint()


def test_show_of_a_refused_policy_says_every_refusal(write):
    ran = stormbench("policy", "show", write("code_limit = -1\nnope = 1"))
    assert (ran.exit_code, ran.out) == (2, "")
    assert "p.toml: code_limit: must be" in ran.err and "p.toml: nope: no such" in ran.err


# --policy of other commands


def replay(write, policy: str) -> str:
    """The verdicts of a storm of 40 alerts, one a second, under a policy."""
    alert = "00DB1234567890A0,90B3D51F30010000,81A0"
    storm = "t_ms,originator,target,code\n" + "".join(f"{t}000,{alert}\n" for t in range(40))
    trace = write(storm, "trace.csv")
    ran = stormbench("replay", trace, "--hub", "sim", "--policy", policy, "--out", "v.csv")
    assert ran.exit_code == 0, ran.err
    return Path("v.csv").read_text(encoding="utf-8")


def test_policy_option_takes_a_shipped_name(write):
    assert "SUPPRESS" not in replay(write, "tamper_cautious")
    assert "SUPPRESS" in replay(write, "bad")


def test_policy_option_takes_a_file_without_a_suffix_by_its_path(write):
    file = write("red_threshold = 65535", "bad")
    assert "SUPPRESS" not in replay(write, f"./{file}")


@pytest.mark.parametrize("command", ["compare", "replay"])
def test_policy_option_refuses_an_unknown_word(command):
    complaint = stormbench(command, "--policy", "nope").complaint()
    assert "there are bad, default, tamper_cautious" in complaint


@pytest.mark.parametrize("command", ["compare", "replay"])
def test_help_of_the_policy_option_names_the_shipped_ones(command):
    shown = " ".join(stormbench(command, "--help").out.split())
    assert ", ".join(shipped_names()) in shown


# help


@pytest.mark.parametrize("command", [(), *[(name,) for name in COMMANDS]])
def test_example_in_the_help_works(command):
    arguments = example(*command)
    assert arguments[0] == "policy" and stormbench(*arguments).exit_code == 0


def test_each_command_is_there():
    shown = stormbench("policy", "--help").out
    assert all(re.search(rf"^  {name} ", shown, re.MULTILINE) for name in COMMANDS)
