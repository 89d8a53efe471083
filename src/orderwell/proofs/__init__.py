"""Proofs that were asked for while the system runs, and what came of them. Promises that two never run at once."""
