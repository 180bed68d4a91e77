"""The open loop: when it begins, that it leaves none out, and whose a wait was."""

from threading import Event

from inject_bench import client as client
from stormbench.hub.sim import SimPort
from stormbench.inject.plan import even_storm
from stormbench.link.client import HubClient, Judged
from stormbench.link.drive import Drive

CODE = 0x8F3E
PLACES = 16
LISTENS_MS, BUSY_MS = 200, 500


def test_storm_begins_when_it_is_run_and_not_when_it_is_made(client: HubClient) -> None:
    shots = even_storm(CODE, 50, 10)
    drive = Drive(client, shots, Event())
    client.port.pass_ms(1_000)
    drive.run()
    assert drive.course.sent_us == [shot.at_us for shot in shots]


def test_alerts_that_are_due_at_the_end_are_sent_though_there_was_no_place(
    client: HubClient,
) -> None:
    drive = Drive(client, even_storm(CODE, 1_000_000, 3 * PLACES), Event())
    drive.run()
    assert len(drive.course.sent_us) == len(drive.course.verdicts) == 3 * PLACES


def test_no_burst_is_larger_than_what_a_hub_acknowledges_at_once(client: HubClient) -> None:
    bursts: list[int] = []
    Drive(client, even_storm(CODE, 1_000_000, 3 * PLACES), Event(), bursts.append).run()
    assert sum(bursts) == 3 * PLACES and max(bursts) == PLACES // 2


class BusyOnce(HubClient):
    """Has no place at first, and its PC comes back late from the wait for one."""

    is_busy = True

    def takes_burst_of(self, alerts: int) -> bool:
        return not self.is_busy and super().takes_burst_of(alerts)

    def hear(self, timeout_ms: int) -> list[Judged]:
        if not self.is_busy:
            return super().hear(timeout_ms)
        self.is_busy = False
        self.port.pass_ms(timeout_ms + BUSY_MS)
        return []


def test_of_a_wait_for_a_place_what_goes_beyond_it_was_this_pcs() -> None:
    drive = Drive(BusyOnce(SimPort()), even_storm(CODE, 50, 1), Event())
    drive.run()
    assert drive.course.sent_us == [(LISTENS_MS + BUSY_MS) * 1_000]
    assert drive.course.held_up.within(0, drive.course.sent_us[0]) == LISTENS_MS * 1_000
