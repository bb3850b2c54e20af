"""Statements from a source, one a line: a table in which they are entered and changed."""
