"""Decisions about the books. Pure."""

SMALL_REST_MINOR = 500  # what is not worth a letter: up to this a rest is written off, above it is a bad debt
