"""The tier works as hard as `how_hard` says."""

import how_hard  # noqa: F401
