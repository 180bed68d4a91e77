"""What the host knows of its alerts, by the hub's acknowledgements and by what came north.

Of a hub that restarts some things are lost: the ledger says how many alerts were acknowledged as
forwarded and never came. It goes by counts, because within one boot what is forwarded comes in
order, whole, but for what gave way in the hub's queue.
"""

from collections import Counter


class Ledger:
    """The alerts of one client.

    `verdicts` counts acknowledged alerts by verdict. `gave_way` are messages that the hub gave up
    in its queue, by its own count; `lost_forwards` those that were in it when its power went.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.verdicts: Counter[str] = Counter()
        self.restarts = 0
        self.lost_forwards = 0
        self._gave_way_before = 0
        self._gave_way_at_start = 0
        self._gave_way = 0
        self._forwarded = 0
        self._came = 0

    @property
    def gave_way(self) -> int:
        """Over all boots, as far as the hub said so."""
        return self._gave_way_before + self._gave_way - self._gave_way_at_start

    @property
    def on_the_way(self) -> int:
        """Acknowledged as forwarded in this boot, and neither come nor given way."""
        return self._forwarded - self._came - (self._gave_way - self._gave_way_at_start)

    def begin(self, gave_way: int) -> None:
        """The hub was met; what had given way before is none of ours."""
        self._gave_way = self._gave_way_at_start = gave_way

    def on_verdict(self, verdict: str) -> None:
        """An alert was acknowledged."""
        self.verdicts[verdict] += 1
        self._forwarded += verdict != "SUPPRESS"

    def on_forwarded(self) -> None:
        """A forwarded alert has come north."""
        self._came += 1

    def on_gave_way(self, messages: int) -> None:
        """The hub says how many messages gave way since its boot."""
        self._gave_way = messages

    def on_restart(self, gave_way: int) -> None:
        """The hub has booted; what it had queued is gone."""
        self.restarts += 1
        self.lost_forwards += self.on_the_way
        self._gave_way_before = self.gave_way
        self._gave_way_at_start = 0
        self._forwarded = self._came = 0
        self._gave_way = gave_way
