"""Measuring Orderwell against what the database itself can do, side by side in one run (`make bench`)."""
