"""Webhooks. Promises that every event an endpoint asked for is delivered at least once, or visibly waits or is dead."""
