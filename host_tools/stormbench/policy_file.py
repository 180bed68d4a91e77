"""Policies as people write them (TOML), as the throttle takes them, and as frames carry them."""

import string
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from commshub.policy import NUMBERS, SAMPLE_MODES, Policy
from stormbench.errors import InvalidInput

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_NAMES = tuple(name for name, *_ in NUMBERS)
_COLLECTIONS = ("excluded_codes", "code_limits")


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file.

    Raises:
        InvalidInput: it cannot be read, or is not TOML; with the place.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidInput(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: not TOML: {error}") from error


def read_policy(path: Path | None) -> Policy:
    """The policy in a TOML file, missing fields at their defaults; the default policy for None.

    Raises:
        InvalidInput: refused, with the field and the reason.
    """
    if path is None:
        return Policy()
    return policy_of(read_toml(path), str(path))


def policy_of(fields: Mapping[str, Any], where: str) -> Policy:
    """The policy of these fields; `where` is for the error's text.

    Raises:
        InvalidInput: an unknown field, or one that is refused.
    """
    policy = Policy()
    for name, value in fields.items():
        if name not in _NAMES and name not in _COLLECTIONS:
            known = ", ".join((*_NAMES, *_COLLECTIONS))
            raise InvalidInput(f"{where}: {name}: no such field of a policy; there are {known}")
        setattr(policy, name, _value(name, value, where))
    refusal = policy.refusal()
    if refusal:
        raise InvalidInput(f"{where}: {refusal[0]}: {refusal[1]}")
    return policy


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


def shadowed(policy: Policy) -> Policy:
    """The same policy, deciding and counting, but suppressing nothing."""
    return policy_of({**plain_policy(policy), "shadow": True}, "shadow")


def _value(name: str, value: Any, where: str) -> Any:
    if name == "sample_mode":
        if value not in SAMPLE_MODES:
            modes = ", ".join(SAMPLE_MODES)
            raise InvalidInput(f"{where}: sample_mode: must be one of {modes}, got {value!r}")
        return SAMPLE_MODES.index(value)
    if name == "shadow":
        if not isinstance(value, bool):
            raise InvalidInput(f"{where}: shadow: must be true or false, got {value!r}")
        return int(value)
    if name == "excluded_codes":
        if not isinstance(value, list):
            raise InvalidInput(f"{where}: excluded_codes: must be a list, got {value!r}")
        return {_code(name, code, where) for code in value}
    if name == "code_limits":
        if not isinstance(value, dict):
            raise InvalidInput(f"{where}: code_limits: must be a table, got {value!r}")
        return {_code(name, code, where): limit for code, limit in value.items()}
    return value


def _code(name: str, text: Any, where: str) -> int:
    if isinstance(text, str) and len(text) == 4 and set(text) <= set(string.hexdigits):
        return int(text, 16)
    raise InvalidInput(f'{where}: {name}: a code is 4 hex digits such as "8F3E", got {text!r}')
