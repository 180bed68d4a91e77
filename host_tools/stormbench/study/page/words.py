"""The words of a study, explained for someone who was not there."""

from stormbench.report.words import WORDS as OF_A_REPORT

_NOT_HERE = ("passed", "held", "service notice", "told ahead by")

WORDS = (
    *((word, meaning) for word, meaning in OF_A_REPORT if word not in _NOT_HERE),
    (
        "replication",
        "One more run of the same scenario with other random numbers. All arms of one replication"
        " meet the same alerts.",
    ),
    (
        "95 % interval",
        "Where the mean is, as far as so many replications can tell. If 0 lies in the interval of"
        " a difference, there is no difference to speak of.",
    ),
    ("oldest count", "How long a suppressed alert waited, at most, until a User knew of it."),
    ("sweep", "Runs in which one assumption takes many values, and all else stays as it is."),
)
