"""Cash drawers: what a till holds is what its moves say, what was counted is compared with it, and all is posted."""

from .model import Check

CHECKS = (
    Check(
        "drawer_differs",
        "The till says {kept} should be in its drawer; what went in and out leaves {moved}.",
        "tills {id}",
        """
        SELECT id, SUM(kept) AS kept, SUM(moved) AS moved
        FROM (SELECT id, cash_minor AS kept, 0 AS moved FROM tills
              UNION ALL
              SELECT s.till_id, 0, m.amount_minor FROM drawer_moves m JOIN drawer_sessions s ON s.id = m.session_id
              WHERE m.method = 'cash') AS both_sides
        GROUP BY id HAVING SUM(kept) <> SUM(moved)
        """,
    ),
    Check(
        "session_differs",
        "{expected} was expected in the drawer, {counted} counted and {deposited} taken out; the moves say {should_be},"
        " a difference of {difference}, and {taken}.",
        "drawer_sessions {id}",
        """
        SELECT id, expected, counted, deposited, should_be, difference, taken FROM (
            SELECT s.id, s.expected_minor AS expected, s.counted_minor AS counted, s.deposited_minor AS deposited,
                   s.float_minor + COALESCE(SUM(CASE WHEN m.kind IN ('payment', 'refund', 'paid_in', 'paid_out')
                                                     THEN m.amount_minor ELSE 0 END), 0) AS should_be,
                   COALESCE(SUM(CASE WHEN m.kind = 'count_difference' THEN m.amount_minor ELSE 0 END), 0) AS difference,
                   COALESCE(SUM(CASE WHEN m.kind = 'deposited' THEN -m.amount_minor ELSE 0 END), 0) AS taken
            FROM drawer_sessions s LEFT JOIN drawer_moves m ON m.session_id = s.id AND m.method = 'cash'
            WHERE s.status = 'closed'
            GROUP BY s.id, s.expected_minor, s.counted_minor, s.deposited_minor, s.float_minor) AS sessions
        WHERE expected <> should_be OR counted - expected <> difference OR deposited <> taken
        """,
    ),
    Check(
        "drawer_not_posted",
        "{moved} of {account} moved at a till with this event, {posted} was posted.",
        "events {event_id}",
        """
        SELECT event_id, account, SUM(moved) AS moved, SUM(posted) AS posted
        FROM (SELECT event_id, method AS account, amount_minor AS moved, 0 AS posted FROM drawer_moves
              UNION ALL
              SELECT j.event_id, j.debit, 0, j.amount_minor FROM journal j
              WHERE j.debit IN ('cash', 'pin') AND j.event_id IN (SELECT event_id FROM drawer_moves)
              UNION ALL
              SELECT j.event_id, j.credit, 0, -j.amount_minor FROM journal j
              WHERE j.credit IN ('cash', 'pin') AND j.event_id IN (SELECT event_id FROM drawer_moves)) AS both_sides
        GROUP BY event_id, account HAVING SUM(moved) <> SUM(posted)
        """,
    ),
)
