"""Real cryptography of GBCS alerts, with test keys: signatures, MACs, and what they cost."""
