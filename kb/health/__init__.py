"""Answers for programs that watch the server: alive, ready, and figures (docs/operating.md)."""
