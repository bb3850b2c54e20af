"""Backups of the whole database in one file, and restoring them, also on the other engine."""
