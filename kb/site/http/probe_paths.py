"""The addresses for programs that watch the server. They need no sign-in and accept every Host."""

HEALTHZ = "/healthz"
READYZ = "/readyz"
METRICS = "/metrics"
PROBE_PATHS = (HEALTHZ, READYZ, METRICS)
