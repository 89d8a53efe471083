"""Bank lines: what is matched of a line is what its matches say, and each match is a payment of its amount."""

from .model import Check

CHECKS = (
    Check(
        "bank_line_differs",
        "{matched_minor} of {amount_minor} is matched; the matches that stand come to {matches}.",
        "bank_lines {id}",
        """
        SELECT l.id, l.amount_minor, l.matched_minor, COALESCE(m.matches, 0) AS matches
        FROM bank_lines l
        LEFT JOIN (SELECT line_id, SUM(amount_minor) AS matches FROM bank_matches WHERE state = 'standing'
                   GROUP BY line_id) m ON m.line_id = l.id
        WHERE l.matched_minor <> COALESCE(m.matches, 0) OR (l.matched_minor > 0 AND l.matched_minor > l.amount_minor)
        """,
    ),
    Check(
        "bank_match_differs",
        "The match is worth {amount_minor}, its payment by {method} {paid} of which {refunded_minor} went back.",
        "bank_matches {id}",
        """
        SELECT m.id, m.amount_minor, p.method, p.amount_minor AS paid, p.refunded_minor
        FROM bank_matches m JOIN payments p ON p.id = m.payment_id
        WHERE p.method <> 'bank_transfer' OR p.amount_minor <> m.amount_minor
           OR p.captured_minor <> m.amount_minor OR (m.state = 'taken_back' AND p.refunded_minor <> m.amount_minor)
        """,
    ),
    Check(
        "payment_matched_twice",
        "{matches} matches name this payment.",
        "payments {payment_id}",
        "SELECT payment_id, COUNT(*) AS matches FROM bank_matches GROUP BY payment_id HAVING COUNT(*) > 1",
    ),
)
