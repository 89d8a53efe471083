"""Customers: what is known of them is found where it is looked for."""

from .model import Check

CHECKS = (
    Check(
        "agreed_price_unseen",
        "Prices were agreed with the customer, who is kept as one without prices of their own: nobody looks for them.",
        "customers {id}",
        """
        SELECT c.id FROM customers c
        WHERE c.prices <> 'own' AND EXISTS (SELECT 1 FROM customer_prices p WHERE p.customer_id = c.id)
        """,
    ),
)
