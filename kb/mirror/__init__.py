"""The public site as static files, for a CDN, as evidence, and for when the database is away."""
