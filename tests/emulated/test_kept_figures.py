"""Today's figures beside those that are kept: printed at the end of the run, and never judged."""

import pytest

from printed_at_the_end import print_at_the_end
from short_figures import KEPT, measure
from stormbench.bench.figures import beside, missing, read_figures


def test_every_figure_is_kept_and_todays_are_printed_beside_them(
    request: pytest.FixtureRequest,
) -> None:
    kept = read_figures(KEPT)
    _, now = measure()
    title = f"figures of {KEPT.name}, a short run"
    print_at_the_end(request.config, title, beside(kept, now))
    assert missing(kept, now) == [], "python tests/short_figures.py --write keeps them"
