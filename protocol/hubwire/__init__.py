"""The bytes on the wire: the link frames and the GBCS alert, both defined in construct."""
