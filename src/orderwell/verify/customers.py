"""Customers: what is known of them is found where it is looked for."""

from .model import Check

CHECKS = (
    Check(
        "merged_into_nobody",
        "The customer is kept under one who is not there, or is kept under another themselves.",
        "customers {id}",
        """
        SELECT c.id FROM customers c LEFT JOIN customers k ON k.id = c.merged_into_id
        WHERE c.merged_into_id IS NOT NULL AND (k.id IS NULL OR k.merged_into_id IS NOT NULL OR k.id = c.id)
        """,
    ),
    Check(
        "portal_still_open",
        "The account is disabled, and {still} of its links, passkeys and sessions have not ended.",
        "portal_accounts {id}",
        """
        SELECT a.id, COUNT(*) AS still FROM portal_accounts a
        JOIN (SELECT account_id, ended_at FROM portal_sessions
              UNION ALL SELECT account_id, ended_at FROM portal_passkeys
              UNION ALL SELECT account_id, ended_at FROM portal_sign_in_links) o ON o.account_id = a.id
        WHERE a.status = 'disabled' AND o.ended_at IS NULL GROUP BY a.id
        """,
    ),
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
