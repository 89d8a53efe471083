"""Orderwell: an order from request to cash."""

__version__ = "0.1.0"
