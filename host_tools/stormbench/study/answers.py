"""The three questions of SECMP0062's Working Group, each answered from the figures of a study.

No sentence has a number that is not in the report, and one whose figure is missing is left out.
The questions are those of the Initial Modification Report, put shorter.
"""

from collections.abc import Mapping
from typing import Any

from stormbench.study.question_1 import unintended_consequences
from stormbench.study.question_2 import placed_as_firmware
from stormbench.study.question_3 import amended_by_whom

_QUESTIONS = (
    ("q1", "Does the throttle have unintended consequences?", unintended_consequences),
    (
        "q2",
        "Would it be better placed as firmware, nearer the device, and with what drawbacks?",
        placed_as_firmware,
    ),
    (
        "q3",
        "Should its numbers be amended by the Operations Group, and not by a modification?",
        amended_by_whom,
    ),
)


def answers(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """For each question `id`, `question` and `sentences`: `text` and `evidence` of each.

    Args:
        report: a study's, with `verdict`, `overall`, `scenarios`, `sweeps` and `firmware_cost`.
    """
    return [
        {
            "id": name,
            "question": question,
            "sentences": [each._asdict() for each in sentences(report)],
        }
        for name, question, sentences in _QUESTIONS
    ]
