"""The WAN between hubs and the DSP: narrow, shared by the hubs of a cell, and it loses things."""
