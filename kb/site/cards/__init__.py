"""Pictures of entries and incidents for links that are shared: drawn on the server as PNG."""
