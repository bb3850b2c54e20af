"""Django's database engine for SQLite, whose files only their owner can open."""
