"""Replaying recorded trade: documents of a file go through the same requests, writer and flows as live ones.

`read` turns rows into documents, `house` sets the business up as the documents need it, `run` sends them in order.
"""
