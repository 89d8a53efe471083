"""Proves from history alone that units, stock and cents are where the rows say. Shares no SQL with the stores."""
