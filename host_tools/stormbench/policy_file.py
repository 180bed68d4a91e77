"""Policies as people write them (TOML), as the throttle takes them, and as frames carry them."""

import string
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from commshub.policy import NUMBERS, SAMPLE_MODES, Policy
from stormbench.errors import InvalidInput
from stormbench.printable import printable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_NAMES = tuple(name for name, *_ in NUMBERS)
FIELDS = (*_NAMES, "excluded_codes", "code_limits")
"""Every field of a policy, in the order in which they are shown."""

_LONGEST_FILE = 10_000_000
"""Characters: a scenario of 100,000 devices has as many. A file may be a pipe or a device without
an end."""

_LONGEST_REASON = 400
_LONGEST_NAME = 80


class Finding(NamedTuple):
    """What is to be said of a field of a policy; the field is None for the file as a whole."""

    field: str | None
    reason: str

    def sentence(self, where: str) -> str:
        """One line that says where, which field and why, safe for a terminal."""
        parts = filter(None, (where, self.field, self.reason))
        return ": ".join(printable(part) for part in parts)


@dataclass(frozen=True)
class Examined:
    """A policy with the fields that were named for it, and every reason to refuse it.

    Where there are refusals the policy is not one to run: a field that could not be read is at its
    default.
    """

    policy: Policy
    named: frozenset[str]
    refusals: tuple[Finding, ...]

    def accepted(self, where: str) -> Policy:
        """The policy; `where` is for the error's text.

        Raises:
            InvalidInput: it is refused; the error has a line for each refusal.
        """
        if self.refusals:
            raise InvalidInput("\n".join(refusal.sentence(where) for refusal in self.refusals))
        return self.policy


class _Unreadable(Exception):
    """No tables come out of a file, and why."""


class _Refused(Exception):
    """A value that is none for its field, and why."""


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        InvalidInput: it cannot be read, or is not TOML; with the place.
    """
    try:
        return _tables(path)
    except _Unreadable as error:
        raise InvalidInput(f"{path}: {error}") from error


def read_policy(path: Path | None) -> Policy:
    """The policy in a TOML file, missing fields at their defaults; the default policy for None.

    Raises:
        InvalidInput: refused; with every field and reason.
    """
    return Policy() if path is None else examine_file(path).accepted(str(path))


def policy_of(fields: Mapping[str, Any], where: str) -> Policy:
    """The policy of these fields; `where` is for the error's text.

    Raises:
        InvalidInput: unknown fields, or some that are refused; all of them.
    """
    return examine(fields).accepted(where)


def examine_file(path: Path) -> Examined:
    """What is in a policy file; that it cannot be read, or is not TOML, is a refusal."""
    try:
        return examine(_tables(path))
    except _Unreadable as error:
        return Examined(Policy(), frozenset(), (_finding(None, str(error)),))


def examine(fields: Mapping[str, Any]) -> Examined:
    """The policy of these fields, and every reason to refuse it, in the order of the fields."""
    policy = Policy()
    refusals: list[Finding] = []
    for name, value in fields.items():
        found, reasons = _read_field(name, value)
        refusals += [_finding(name, reason) for reason in reasons]
        if found is not None:
            setattr(policy, name, found)
    refusals += [_finding(*refusal) for refusal in policy.refusals()]
    places = {name: place for place, name in enumerate(fields)}
    refusals.sort(key=lambda refusal: places.get(refusal.field or "", len(places)))
    return Examined(policy, frozenset(fields), tuple(refusals))


def plain_policy(policy: Policy) -> dict[str, Any]:
    """A policy as JSON and TOML have it; `policy_of` reads it back."""
    fields: dict[str, Any] = {name: getattr(policy, name) for name in _NAMES}
    fields["sample_mode"] = SAMPLE_MODES[fields["sample_mode"]]
    fields["shadow"] = bool(fields["shadow"])
    fields["excluded_codes"] = [f"{code:04X}" for code in sorted(policy.excluded_codes)]
    limits = sorted(policy.code_limits.items())
    fields["code_limits"] = {f"{code:04X}": limit for code, limit in limits}
    return fields


def frame_values(policy: Policy) -> dict[str, Any]:
    """The fields of a SetPolicy frame."""
    values: dict[str, Any] = {name: getattr(policy, name) for name in _NAMES}
    codes = sorted(policy.excluded_codes)
    values["excluded_count"] = len(codes)
    for code, limit in sorted(policy.code_limits.items()):
        codes += [code, limit]
    values["codes"] = codes
    return values


def policy_in_frame(values: Mapping[str, Any]) -> Policy:
    """The policy that a Policy frame carries; `frame_values` the other way round."""
    policy = Policy()
    for name in _NAMES:
        setattr(policy, name, values[name])
    codes, excluded = list(values["codes"]), values["excluded_count"]
    policy.excluded_codes = set(codes[:excluded])
    policy.code_limits = dict(zip(codes[excluded::2], codes[excluded + 1 :: 2], strict=True))
    return policy


def shadowed(policy: Policy) -> Policy:
    """The same policy, deciding and counting, but suppressing nothing."""
    return policy_of({**plain_policy(policy), "shadow": True}, "shadow")


def code_of(text: Any) -> int:
    """The alert code that 4 hex digits stand for.

    Raises:
        ValueError: they are none; the text says what was expected.
    """
    if isinstance(text, str) and len(text) == 4 and set(text) <= set(string.hexdigits):
        return int(text, 16)
    raise ValueError(f'a code is 4 hex digits such as "8F3E", got {text!r}')


def _tables(path: Path) -> dict[str, Any]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(_LONGEST_FILE + 1)
        if len(text) > _LONGEST_FILE:
            raise _Unreadable(f"expected at most {_LONGEST_FILE:,} characters, got more")
        return tomllib.loads(text)
    except OSError as error:
        raise _Unreadable(f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _Unreadable(f"not TOML: not UTF-8 at byte {error.start}") from error
    except RecursionError as error:
        raise _Unreadable("not TOML that can be read: nested too deep") from error
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        raise _Unreadable(f"not TOML: {error}") from error


def _read_field(name: str, value: Any) -> tuple[Any, list[str]]:
    """What the policy's attribute becomes, None for nothing; and what is wrong with the value."""
    if name not in FIELDS:
        return None, [f"no such field of a policy; there are {', '.join(FIELDS)}"]
    if _holds_long_number(value):
        # Python does not even print the longest of these.
        return None, ["must hold numbers of at most 64 bits, as TOML has them, got a longer one"]
    try:
        if name == "excluded_codes":
            return _read_excluded(value)
        if name == "code_limits":
            return _read_limits(value)
        return _read_number(name, value), []
    except _Refused as refused:
        return None, [str(refused)]


def _read_number(name: str, value: Any) -> Any:
    if name == "sample_mode":
        if value not in SAMPLE_MODES:
            raise _Refused(f"must be one of {', '.join(SAMPLE_MODES)}, got {value!r}")
        return SAMPLE_MODES.index(value)
    if name == "shadow":
        if not isinstance(value, bool):
            raise _Refused(f"must be true or false, got {value!r}")
        return int(value)
    if value is None:  # JSON has it; `refusals()` would never see it
        raise _Refused("must be a whole number, got None")
    return value


def _read_excluded(value: Any) -> tuple[set[int], list[str]]:
    if not isinstance(value, list):
        return set(), [f"must be a list of codes, got {value!r}"]
    codes, reasons = _read_codes(value)
    return set(codes.values()), reasons


def _read_limits(value: Any) -> tuple[dict[int, Any], list[str]]:
    if not isinstance(value, dict):
        return {}, [f"must be a table of limits by code, got {value!r}"]
    codes, reasons = _read_codes(value)
    return {code: value[text] for text, code in codes.items()}, reasons


def _read_codes(texts: Iterable[Any]) -> tuple[dict[str, int], list[str]]:
    """Each code by the text that names it first, and what is wrong with the other texts."""
    codes: dict[str, int] = {}
    named: set[int] = set()
    reasons = []
    for text in texts:
        try:
            code = code_of(text)
        except ValueError as error:
            reasons.append(str(error))
            continue
        if code in named:
            reasons.append(f"{code:04X} must be named once, got it again as {text!r}")
            continue
        named.add(code)
        codes[text] = code
    return codes, reasons


def _holds_long_number(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_holds_long_number, value))
    if isinstance(value, dict):
        return any(map(_holds_long_number, value.values()))
    return isinstance(value, int) and value.bit_length() > 64


def _finding(field: str | None, reason: str) -> Finding:
    """A finding of a length that a person can read, whatever the file holds."""
    return Finding(field and _shortened(field, _LONGEST_NAME), _shortened(reason, _LONGEST_REASON))


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "..."
