"""Store generated rows quickly: one module for each database."""
