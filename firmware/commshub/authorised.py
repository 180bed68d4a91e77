"""The frames by which a hub gets its key, obeys who holds it, and leaves.

A hub with a key takes what changes its behaviour inside Authorised frames only; `Authority` says
which of them are good, and here they are answered.
"""

import struct

from commshub import wire
from commshub.authority import ACCEPTED, REPEATED
from commshub.leaving import FOR_REPL, FOR_RESET


class Authorised:
    """What guards one hub.

    Args:
        hub: the `App`, which serves what is inside.
        commands: a `Commands`, which answers.
        authority: an `Authority`.
        outbox: an `Outbox`, for a word to people.

    `by_kind` is as that of `Commands`.
    """

    def __init__(self, hub, commands, authority, outbox):
        self._hub = hub
        self._commands = commands
        self._authority = authority
        self._outbox = outbox
        self.by_kind = {
            wire.AUTHORISED: (self._on_authorised, wire.AUTHORISED_BYTES),
            wire.SET_KEY: (self._on_set_key, wire.SET_KEY_BYTES),
            wire.RESET: (self._on_reset, 0),
            wire.ENTER_REPL: (self._on_enter_repl, 0),
        }

    def takes(self, kind: int, seq: int) -> bool:
        """Whether a frame may be served as it is; where not, that is answered and counted."""
        if kind not in wire.GUARDED or self._authority.takes_plain():
            return True
        self._refuse(kind, seq)
        return False

    def _on_authorised(self, seq, buffer, start, end):
        counter, kind, mac = struct.unpack_from(wire.AUTHORISED_FORMAT, buffer, start)
        inside = start + wire.AUTHORISED_BYTES
        found = self._authority.examine(counter, kind, mac, memoryview(buffer)[inside:end])
        if found == ACCEPTED:
            self._hub.serve(kind, seq, buffer, inside, end)
            self._authority.answer = self._commands.last_refusal
        elif found == REPEATED:
            self._commands.answer(kind, seq, self._authority.answer)
        else:
            self._refuse(kind, seq)

    def _refuse(self, kind, seq):
        authority = self._authority
        self._commands.answer(kind, seq, authority.reason)
        if authority.is_to_be_told():
            told = authority.refused, kind, authority.reason
            self._outbox.log("%d frames refused for want of authority; now 0x%02X: %s" % told)

    def _on_set_key(self, seq, buffer, start, end):
        if not self._commands.is_new(seq):
            return
        refusal = self._authority.set_key(memoryview(buffer)[start:end])
        if refusal:
            self._commands.refuse(wire.SET_KEY, seq, refusal)
        else:
            self._commands.answer(wire.SET_KEY, seq, None)

    def _on_reset(self, seq, buffer, start, end):
        self._commands.answer(wire.RESET, seq, None)
        self._hub.leaves_for = FOR_RESET

    def _on_enter_repl(self, seq, buffer, start, end):
        self._hub.save()  # whoever asked for the REPL comes back by a reset
        self._commands.answer(wire.ENTER_REPL, seq, None)
        self._hub.leaves_for = FOR_REPL
