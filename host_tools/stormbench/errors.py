"""Everything that can go wrong on the host's side, with the exit code it leads to.

The codes are a contract: 1 the work was done and something in it failed, 2 the command line or a
file it names is invalid, 3 no port, no UF2 or the link is lost, 4 a hub with another firmware or
protocol, 42 a hub was there and did not answer in time, 130 Ctrl-C.
"""

import enum


class ExitCode(enum.IntEnum):
    """What the process tells its caller."""

    DONE = 0
    FAILED = 1
    INVALID = 2
    NO_HUB = 3
    FOREIGN = 4
    TIMEOUT = 42
    INTERRUPTED = 130


class HostToolError(Exception):
    """Something a person can mend; its text says what was expected, what came, what to do."""

    exit_code = ExitCode.FAILED


class InvalidInput(HostToolError):
    """The command line, or a file it names, is invalid; nothing was run."""

    exit_code = ExitCode.INVALID


class NoHub(HostToolError):
    """No port, no UF2 image, no interpreter: nothing to talk to."""

    exit_code = ExitCode.NO_HUB


class LinkLost(HostToolError):
    """The link to a hub went away and did not come back."""

    exit_code = ExitCode.NO_HUB


class ForeignHub(HostToolError):
    """A hub answered, but with another firmware or another protocol."""

    exit_code = ExitCode.FOREIGN


class HubTimeout(HostToolError):
    """A hub was there and did not answer in time."""

    exit_code = ExitCode.TIMEOUT
