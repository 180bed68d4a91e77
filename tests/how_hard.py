"""How hard hypothesis works here.

`ci`, the default, is the same examples every time. `HYPOTHESIS_PROFILE=soak` tries many more,
new ones each time, and prints how to repeat what it finds; STORMBENCH_SOAK_EXAMPLES says how many.
"""

import os

from hypothesis import HealthCheck, settings

_SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile(
    "ci",
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=150,
    suppress_health_check=_SLOW_IS_FINE,
)
settings.register_profile(
    "soak",
    database=None,
    deadline=None,
    max_examples=int(os.environ.get("STORMBENCH_SOAK_EXAMPLES", "5000")),
    print_blob=True,
    suppress_health_check=_SLOW_IS_FINE,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
