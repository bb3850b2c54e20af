"""Finished responses kept by publication version, in front of Django (docs/architecture.md)."""
