"""How goods get to a customer, what that costs and by which day. Promises nothing it has not written down."""
