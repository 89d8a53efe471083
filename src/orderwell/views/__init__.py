"""Saved views of lists. Promises that a view is seen by its owner, or by who holds the role it is shared with."""
