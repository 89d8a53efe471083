"""The words everyone speaks: money, quantity, ids, days. They import nothing of ours."""
