"""A storm of an hour, as a phase: an alert every 6 s."""

MINUTE_MS = 60_000
STORM = {
    "name": "storm",
    "device": "meter",
    "code": "8002",
    "target": "90B3D51F30020000",
    "duration_ms": 60 * MINUTE_MS,
    "shape": "periodic",
    "per_hour": 600,
    "storm": True,
}
