"""Options that are numbers: infinity, and what is no number, are refused as any other nonsense."""

from collections.abc import Iterator

import click
import pytest

from command_line import stormbench
from stormbench.cli import stormbench as root
from stormbench.cli._options import FiniteRange


def commands(command: click.Command, name: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The names of all that can be run, below this one."""
    if not isinstance(command, click.Group):
        yield name
        return
    context = click.Context(command)
    for each in command.list_commands(context):
        found = command.get_command(context, each)
        assert found is not None
        yield from commands(found, (*name, each))


def command_of(name: tuple[str, ...]) -> click.Command:
    found: click.Command | None = root
    for each in name:
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), each)
    assert found is not None
    return found


def number_options() -> list[tuple[tuple[str, ...], str]]:
    """Every option whose type is a number that need not be whole."""
    return [
        (name, option.opts[-1])
        for name in commands(root)
        for option in command_of(name).params
        if isinstance(option.type, click.types.FloatParamType)
    ]


def test_every_such_option_is_of_the_one_type() -> None:
    types = {type(option.type) for name in commands(root) for option in command_of(name).params}
    assert [each for each in types if issubclass(each, click.types.FloatParamType)] == [
        FiniteRange
    ]


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1e999"])
@pytest.mark.parametrize(("name", "option"), number_options())
def test_what_is_not_finite_is_refused(name: tuple[str, ...], option: str, value: str) -> None:
    ran = stormbench(*name, option, value)
    assert ran.exit_code == 2
    assert option in ran.complaint() and "not in the range" in ran.complaint()


def test_time_that_no_link_can_tell_is_refused() -> None:
    ran = stormbench("monitor", "--hub", "sim", "--until-s", "1e300")
    assert (ran.exit_code, "--until-s" in ran.complaint()) == (2, True)
