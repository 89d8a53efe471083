"""Law 3: the journal balances, and every account that has details elsewhere is the sum of them."""

from .model import Check


def _balance(account: str) -> str:
    """Debit less credit of an account, by currency."""
    return f"""
        SELECT currency, CASE WHEN debit = '{account}' THEN amount_minor ELSE -amount_minor END AS posted
        FROM journal WHERE debit = '{account}' OR credit = '{account}'
    """


def _control(account: str) -> Check:
    return Check(
        f"{account}_differs",
        f"The {account} account stands at {{posted}} {{currency}}, its open items sum to {{open}}.",
        f"account {account}",
        f"""
        SELECT currency, SUM(posted) AS posted, SUM(open) AS open
        FROM (SELECT currency, posted, 0 AS open FROM ({_balance(account)}) AS postings
              UNION ALL
              SELECT currency, 0, open_minor FROM open_items WHERE account = '{account}' AND open_minor <> 0
             ) AS both_sides
        GROUP BY currency HAVING SUM(posted) <> SUM(open)
        """,
    )


CHECKS = (
    Check(
        "trial_balance",
        "The accounts sum to {balance} {currency}, not to zero.",
        "journal in {currency}",
        """
        SELECT currency, SUM(amount) AS balance
        FROM (SELECT j.currency, j.amount_minor AS amount FROM journal j JOIN accounts a ON a.code = j.debit
              UNION ALL
              SELECT j.currency, -j.amount_minor FROM journal j JOIN accounts a ON a.code = j.credit) AS sides
        GROUP BY currency HAVING SUM(amount) <> 0
        """,
    ),
    Check(
        "posting_malformed",
        "{amount_minor} from {credit} to {debit} is no transfer.",
        "journal {event_id}/{n}",
        "SELECT event_id, n, amount_minor, debit, credit FROM journal WHERE amount_minor <= 0 OR debit = credit",
    ),
    _control("receivable"),
    _control("payable"),
    Check(
        "inventory_differs",
        "The inventory account stands at {posted} {currency}, the stock held is worth {worth}.",
        "account inventory",
        f"""
        SELECT currency, SUM(posted) AS posted, SUM(worth) AS worth
        FROM (SELECT currency, posted, 0 AS worth FROM ({_balance("inventory")}) AS postings
              UNION ALL
              SELECT b.currency, 0, v.value_minor FROM valuations v CROSS JOIN business b) AS both_sides
        GROUP BY currency HAVING SUM(posted) <> SUM(worth)
        """,
    ),
    Check(
        "item_differs",
        "Of {amount_minor} there is {open_minor} open, settlements leave {left_over}.",
        "open_items {id}",
        """
        SELECT id, amount_minor, open_minor, left_over FROM (
            SELECT i.id, i.amount_minor, i.open_minor, i.amount_minor + COALESCE(SUM(s.amount), 0) AS left_over
            FROM open_items i
            LEFT JOIN (SELECT debit_item AS id, -amount_minor AS amount FROM settlements
                       UNION ALL SELECT credit_item, amount_minor FROM settlements) s ON s.id = i.id
            GROUP BY i.id, i.amount_minor, i.open_minor) AS items
        WHERE open_minor <> left_over
        """,
    ),
    Check(
        "item_out_of_bounds",
        "{open_minor} is open of {amount_minor}.",
        "open_items {id}",
        """
        SELECT id, amount_minor, open_minor FROM open_items
        WHERE (amount_minor > 0 AND (open_minor < 0 OR open_minor > amount_minor))
           OR (amount_minor < 0 AND (open_minor > 0 OR open_minor < amount_minor)) OR amount_minor = 0
        """,
    ),
    Check(
        "settlement_mismatch",
        "{amount_minor} was set off between items that do not belong together.",
        "settlements {event_id}/{n}",
        """
        SELECT s.event_id, s.n, s.amount_minor
        FROM settlements s JOIN open_items d ON d.id = s.debit_item JOIN open_items c ON c.id = s.credit_item
        WHERE d.account <> c.account OR d.currency <> c.currency OR s.amount_minor <= 0
           OR d.amount_minor < 0 OR c.amount_minor > 0
        """,
    ),
)
