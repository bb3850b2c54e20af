"""The public log of publications, as in certificate transparency, and the proofs from it."""
