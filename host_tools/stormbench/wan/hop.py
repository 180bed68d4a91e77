"""What is counted where alerts pass by: a hop of the comparison."""

from dataclasses import dataclass


@dataclass
class HopCounts:
    """Alerts, bare notices and bytes, cumulative.

    `alerts` are GBCS messages, held copies of suppressed ones among them; `bytes` are those of
    alerts and notices as they are on that hop.
    """

    alerts: int = 0
    notices: int = 0
    bytes: int = 0

    def add_alert(self, size_bytes: int) -> None:
        """One message of `size_bytes` passed."""
        self.alerts += 1
        self.bytes += size_bytes

    def add_notice(self, size_bytes: int) -> None:
        """One bare notice of `size_bytes` passed."""
        self.notices += 1
        self.bytes += size_bytes
