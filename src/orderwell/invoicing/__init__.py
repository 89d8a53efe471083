"""Invoices and credit notes. Promises numbers without gaps in each series, and documents that never change."""
