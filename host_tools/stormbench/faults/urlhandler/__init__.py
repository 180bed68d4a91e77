"""Where pyserial looks for `protocol_faults`, once `stormbench.faults.url.register` was called."""
