"""Goods that come back. Promises that no more comes back than went out, and that every unit's fate is written down."""
