"""Payments: what came in and went back is what their moves say, and what was posted; never more back than came in."""

from .model import Check

CHECKS = (
    Check(
        "payment_differs",
        "{captured} captured, {refunded} refunded, {authorised} authorised, {voided} voided on the payment;"
        " its moves say {moved_in}, {moved_back}, {promised}, {let_go}.",
        "payments {id}",
        """
        SELECT id, SUM(captured) AS captured, SUM(refunded) AS refunded, SUM(authorised) AS authorised,
               SUM(voided) AS voided, SUM(moved_in) AS moved_in, SUM(moved_back) AS moved_back,
               SUM(promised) AS promised, SUM(let_go) AS let_go
        FROM (SELECT id, captured_minor AS captured, refunded_minor AS refunded, authorised_minor AS authorised,
                     voided_minor AS voided, 0 AS moved_in, 0 AS moved_back, 0 AS promised, 0 AS let_go FROM payments
              UNION ALL
              SELECT payment_id, 0, 0, 0, 0, CASE WHEN kind = 'capture' THEN amount_minor ELSE 0 END,
                     CASE WHEN kind = 'refund' THEN amount_minor ELSE 0 END,
                     CASE WHEN kind = 'authorise' THEN amount_minor ELSE 0 END,
                     CASE WHEN kind = 'void' THEN amount_minor ELSE 0 END
              FROM payment_moves) AS both_sides
        GROUP BY id HAVING SUM(captured) <> SUM(moved_in) OR SUM(refunded) <> SUM(moved_back)
            OR SUM(authorised) <> SUM(promised) OR SUM(voided) <> SUM(let_go)
        """,
    ),
    Check(
        "refunded_too_much",
        "{back} went back of {came} that came in.",
        "payments {payment_id}",
        """
        SELECT payment_id, back, came FROM (
            SELECT payment_id, SUM(CASE WHEN kind = 'refund' THEN amount_minor ELSE 0 END) AS back,
                   SUM(CASE WHEN kind = 'capture' THEN amount_minor ELSE 0 END) AS came
            FROM payment_moves GROUP BY payment_id) AS sums
        WHERE back > came
        """,
    ),
    Check(
        "payment_not_posted",
        "{moved} came in with this event, {posted} was posted to customers' accounts.",
        "events {event_id}",
        """
        SELECT event_id, SUM(moved) AS moved, SUM(posted) AS posted
        FROM (SELECT event_id, CASE WHEN kind = 'capture' THEN amount_minor ELSE -amount_minor END AS moved, 0 AS posted
              FROM payment_moves WHERE kind IN ('capture', 'refund')
              UNION ALL
              SELECT event_id, 0, CASE WHEN credit = 'receivable' THEN amount_minor
                                       WHEN debit = 'receivable' THEN -amount_minor ELSE 0 END
              FROM journal WHERE template IN ('payment', 'refund')) AS both_sides
        GROUP BY event_id HAVING SUM(moved) <> SUM(posted)
        """,
    ),
    Check(
        "fact_twice",
        "{times} moves of payment {payment_id} are for the same fact.",
        "payment_moves {fact}",
        """
        SELECT payment_id, fact, COUNT(*) AS times FROM payment_moves
        GROUP BY payment_id, fact, kind HAVING COUNT(*) > 1
        """,
    ),
)
