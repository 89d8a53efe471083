"""Orders and where each of their units is. Promises that units move and are never set."""
