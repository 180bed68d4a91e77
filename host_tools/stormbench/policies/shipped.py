"""The policies that come with stormbench, by name."""

from pathlib import Path

from stormbench.shipped_files import ShippedFiles

_POLICIES = ShippedFiles(Path(__file__).parent, "policy")

DEFAULT = "default"
"""The one that holds every field at its default."""

shipped_names = _POLICIES.names
policy_path = _POLICIES.path
