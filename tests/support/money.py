"""What must hold for money at any time, read from the tables alone."""

from tests.support.shop import Shop


def check_money(shop: Shop) -> None:
    """Open items sum to their account; sums on payments are those of their moves; nothing is refunded twice."""
    [(open_minor,)] = shop.rows("SELECT COALESCE(SUM(open_minor), 0) FROM open_items WHERE account = 'receivable'")
    assert int(open_minor) == shop.balance("receivable")
    for kind, column in (
        ("authorise", "authorised_minor"),
        ("capture", "captured_minor"),
        ("void", "voided_minor"),
        ("refund", "refunded_minor"),
    ):
        wrong = shop.rows(
            f"SELECT p.id FROM payments p WHERE p.{column} <>"
            " (SELECT COALESCE(SUM(m.amount_minor), 0) FROM payment_moves m"
            " WHERE m.payment_id = p.id AND m.kind = :kind)",
            kind=kind,
        )
        assert wrong == []
    assert shop.rows("SELECT id FROM payments WHERE refunded_minor > captured_minor") == []
