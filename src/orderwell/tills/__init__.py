"""Tills and their cash drawers. Promises that what a drawer holds is the sum of what went in and out of it."""
