"""Pick lists: what is to be taken from the shelves for a batch of orders. Promises no unit to two open lists."""
