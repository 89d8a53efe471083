"""What we buy and from whom. Promises that nothing is ordered twice, and that what came is what was ordered or less."""
