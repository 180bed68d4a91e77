"""What the fixture `clean_hub` is: the session's client, whose counters begin at 0.

Loaded when a test asks for it, so it may import what it needs.
"""

from collections.abc import Mapping

from stormbench.link.client import HubClient
from stormbench.link.counters import STATES, since


class CleanHub(HubClient):
    """Another client on the conversation of `hub`, so all but `counters` is the same for both."""

    def __init__(self, hub: HubClient) -> None:
        self._talk = hub._talk
        self._before = super().counters()

    def counters(self) -> Mapping[str, int]:
        """The hub's counters since this client was made.

        What says how it is, `queued`, `unreported`, `counts_owed` and `boot_id`, is as the hub has
        it. Where the hub restarted meanwhile, those that begin anew with a boot are since that
        boot, and those of its life since this client was made, less what was not saved.
        """
        now = super().counters()
        return {
            name: value if name in STATES else since(self._before, now, name)
            for name, value in now.items()
        }
