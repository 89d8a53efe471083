"""What the bank says came in and went out. Promises that a line is kept once and matched for no more than it is."""
