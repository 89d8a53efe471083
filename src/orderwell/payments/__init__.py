"""What customers paid and got back. Promises that no more is captured than authorised, nor refunded than captured."""
