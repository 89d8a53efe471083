"""Parcels on their way. Promises that a parcel holds what was packed into it until somebody opens it."""
