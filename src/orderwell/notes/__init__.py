"""What people wrote about an order or a customer. Promises that the text lies in one place, where it can be erased."""
