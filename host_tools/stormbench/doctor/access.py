"""Whether this user may open serial ports, and whether ModemManager gets to them first: Linux.

Source of the rule: ModemManager, "Modem filter" (ID_MM_DEVICE_IGNORE); systemd,
70-uaccess.rules (the tag must be there before: the file's number is below 70).
"""

import grp
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from stormbench.attached.boards import Board
from stormbench.attached.holders import PROC, processes, program_of
from stormbench.doctor.finding import FAIL, OK, WARN, Finding
from stormbench.link.board_ports import FoundPort

GROUP = "dialout"
"""Whose the serial ports are on Debian and Ubuntu."""
RULE_FILE = "/etc/udev/rules.d/60-stormbench.rules"
_PICO = 'ATTRS{idVendor}=="2e8a", ATTRS{idProduct}=="0005"'
_ACCESS = f'SUBSYSTEM=="tty", {_PICO}, TAG+="uaccess"'
_KEEP_OFF = f'{_PICO}, ENV{{ID_MM_DEVICE_IGNORE}}="1"'
RULE_MEND = (
    f"printf '%s\\n' '{_ACCESS}' '{_KEEP_OFF}' | sudo tee {RULE_FILE} && "
    "sudo udevadm control --reload && sudo udevadm trigger"
)
"""One file for both, because both are about the same board."""
_UDEV_IN = ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib")
RULE_FOLDERS = tuple(Path(folder) / "udev" / "rules.d" for folder in _UDEV_IN)
"""udev(7), "Rules files"."""


def access_findings(
    boards: Sequence[Board],
    proc: Path = PROC,
    rule_folders: Sequence[Path] = RULE_FOLDERS,
) -> Iterator[Finding]:
    """Of the permissions, port by port where boards are there, and of ModemManager."""
    ports = [port for board in boards for port in board.ports]
    yield from map(_port, ports)
    if not ports:
        yield _group()
    yield _modem_manager(proc, rule_folders)


def _port(port: FoundPort) -> Finding:
    """An adapter may be there for something else."""
    device, failed = port.device, WARN if port.role == "adapter" else FAIL
    check = f"permission for {device}"
    if os.access(device, os.R_OK | os.W_OK):
        return Finding(check, OK, "this user may open it")
    if not os.path.exists(device):
        return Finding(check, failed, "it has gone", "stormbench ports")
    found = f"this user may not open it ({_owner(device)})"
    return Finding(check, failed, found, _permission_mend())


def _owner(device: str) -> str:
    number = os.stat(device).st_gid
    try:
        return f"it is of group {grp.getgrgid(number).gr_name}"
    except KeyError:
        return f"it is of group {number}"


def _group() -> Finding:
    check = "serial permissions"
    if os.geteuid() == 0:
        return Finding(check, OK, "root may open every port")
    try:
        number = grp.getgrnam(GROUP).gr_gid
    except KeyError:
        return Finding(check, OK, f"no group {GROUP} here; each port will be looked at")
    if number in os.getgroups():
        return Finding(check, OK, f"this user is in group {GROUP}")
    return Finding(check, WARN, f"this user is not in group {GROUP}", _permission_mend())


def _permission_mend() -> str:
    return f"sudo usermod -aG {GROUP} $USER, and log in again; or, without a group: {RULE_MEND}"


def _modem_manager(proc: Path, rule_folders: Sequence[Path]) -> Finding:
    if not any(program_of(process) == "ModemManager" for process in processes(proc)):
        return Finding("ModemManager", OK, "it does not run")
    if any(map(_keeps_off, _rule_files(rule_folders))):
        return Finding("ModemManager", OK, "it runs, and a udev rule keeps it off the boards")
    return Finding(
        "ModemManager",
        WARN,
        "it runs, and takes each new port for some seconds to ask it for a modem",
        RULE_MEND,
    )


def _rule_files(folders: Sequence[Path]) -> Iterator[str]:
    for folder in folders:
        for path in sorted(folder.glob("*.rules")):
            try:
                yield path.read_text(encoding="utf-8", errors="replace")
            except OSError:
                continue


def _keeps_off(rules: str) -> bool:
    return any(
        "ID_MM_DEVICE_IGNORE" in line and "2e8a" in line.lower()
        for line in rules.splitlines()
        if not line.lstrip().startswith("#")
    )
