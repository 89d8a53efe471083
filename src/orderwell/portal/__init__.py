"""Who of a customer may look at its orders. Promises that a secret is stored as a hash only, and opens one thing."""
