"""Frozen lists: which versions of which entries a list held, so that it can be cited."""
