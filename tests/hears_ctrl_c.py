"""A child process that hears Ctrl-C, whoever started its parent."""

import signal


def hear_ctrl_c() -> None:
    """For `preexec_fn`: what runs in the background is deaf to it, and its children would be."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
