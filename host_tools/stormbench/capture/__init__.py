"""Recordings of a link: what was said both ways, when; written while it happens, read later."""
