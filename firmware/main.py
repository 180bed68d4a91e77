"""Boots the hub: placeholder until the app is there."""
