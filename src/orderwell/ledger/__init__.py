"""The books. Promises that every amount goes from one account to another and stays where it was posted."""
