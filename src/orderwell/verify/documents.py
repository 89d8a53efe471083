"""Invoices and credit notes: numbers without gaps, and the same amounts on document, lines, order, journal and item."""

from .model import Check

CHECKS = (
    Check(
        "number_gap",
        "After number {before} comes {number} in series {series}.",
        "invoices {series} {number}",
        """
        SELECT series, number, before
        FROM (SELECT series, number, COALESCE(LAG(number) OVER (PARTITION BY series ORDER BY number), 0) AS before
              FROM invoices) AS numbered
        WHERE number > before + 1
        """,
    ),
    Check(
        "number_twice",
        "{documents} documents carry number {number} of series {series}.",
        "invoices {series} {number}",
        """
        SELECT series, number, COUNT(*) AS documents FROM invoices GROUP BY series, number HAVING COUNT(*) > 1
        """,
    ),
    Check(
        "issue_date_back",
        "Number {number} of series {series} is dated {issued_on}, the one before it {before}.",
        "invoices {series} {number}",
        """
        SELECT series, number, issued_on, before
        FROM (SELECT series, number, issued_on, LAG(issued_on) OVER (PARTITION BY series ORDER BY number) AS before
              FROM invoices) AS numbered
        WHERE issued_on < before
        """,
    ),
    Check(
        "counter_differs",
        "The counter of series {series} stands at {counted}, the last number is {last}.",
        "counters {series}",
        """
        SELECT series, SUM(counted) AS counted, SUM(last) AS last
        FROM (SELECT name AS series, value AS counted, 0 AS last FROM counters
              WHERE name IN ('INV', 'CRN') OR name IN (SELECT series FROM invoices)
              UNION ALL SELECT series, 0, MAX(number) FROM invoices GROUP BY series) AS both_sides
        GROUP BY series HAVING SUM(counted) <> SUM(last)
        """,
    ),
    Check(
        "invoice_total_differs",
        "The document says {net_minor} net, {tax_minor} tax, {gross_minor} gross;"
        " its lines {lines_net} and {lines_tax}.",
        "invoices {id}",
        """
        SELECT i.id, i.net_minor, i.tax_minor, i.gross_minor, t.lines_net, t.lines_tax
        FROM invoices i
        JOIN (SELECT invoice_id, SUM(net_minor) AS lines_net, SUM(tax_minor) AS lines_tax
              FROM invoice_lines GROUP BY invoice_id) t ON t.invoice_id = i.id
        WHERE i.net_minor <> t.lines_net OR i.tax_minor <> t.lines_tax OR i.gross_minor <> i.net_minor + i.tax_minor
        """,
    ),
    Check(
        "invoice_without_lines",
        "Document {series} {number} has no lines.",
        "invoices {id}",
        """
        SELECT i.id, i.series, i.number FROM invoices i
        WHERE NOT EXISTS (SELECT 1 FROM invoice_lines l WHERE l.invoice_id = i.id)
        """,
    ),
    Check(
        "invoice_not_posted",
        "Document {series} {number} is worth {worth} to its customer's account, {posted} was posted.",
        "invoices {id}",
        """
        SELECT i.id, i.series, i.number, i.worth, COALESCE(p.posted, 0) AS posted
        FROM (SELECT id, series, number, CASE WHEN kind = 'invoice' THEN gross_minor ELSE -gross_minor END AS worth
              FROM invoices) i
        LEFT JOIN (SELECT document_id, SUM(CASE WHEN debit = 'receivable' THEN amount_minor
                                                WHEN credit = 'receivable' THEN -amount_minor ELSE 0 END) AS posted
                   FROM journal WHERE template IN ('invoice', 'credit_note') GROUP BY document_id) p
          ON p.document_id = i.id
        WHERE i.worth <> COALESCE(p.posted, 0)
        """,
    ),
    Check(
        "tax_not_posted",
        "Document {series} {number} holds {tax} tax, {posted} was posted.",
        "invoices {id}",
        """
        SELECT i.id, i.series, i.number, i.tax, COALESCE(p.posted, 0) AS posted
        FROM (SELECT id, series, number, CASE WHEN kind = 'invoice' THEN tax_minor ELSE -tax_minor END AS tax
              FROM invoices) i
        LEFT JOIN (SELECT document_id, SUM(CASE WHEN credit = 'vat_payable' THEN amount_minor
                                                WHEN debit = 'vat_payable' THEN -amount_minor ELSE 0 END) AS posted
                   FROM journal WHERE template IN ('invoice', 'credit_note') GROUP BY document_id) p
          ON p.document_id = i.id
        WHERE i.tax <> COALESCE(p.posted, 0)
        """,
    ),
    Check(
        "posting_without_document",
        "{posted} was posted for a document that is not there.",
        "journal of {document} {document_id}",
        """
        SELECT j.document, j.document_id, SUM(j.amount_minor) AS posted FROM journal j
        WHERE j.template IN ('invoice', 'credit_note')
          AND NOT EXISTS (SELECT 1 FROM invoices i WHERE i.id = j.document_id)
        GROUP BY j.document, j.document_id
        """,
    ),
    Check(
        "invoice_item_differs",
        "Document {series} {number} is worth {worth}, its open item {amount}.",
        "invoices {id}",
        """
        SELECT i.id, i.series, i.number, i.worth, COALESCE(o.amount, 0) AS amount
        FROM (SELECT id, series, number, CASE WHEN kind = 'invoice' THEN gross_minor ELSE -gross_minor END AS worth
              FROM invoices) i
        LEFT JOIN (SELECT document_id, SUM(amount_minor) AS amount FROM open_items
                   WHERE document IN ('invoice', 'credit_note') AND account = 'receivable' GROUP BY document_id) o
          ON o.document_id = i.id
        WHERE i.worth <> COALESCE(o.amount, 0)
        """,
    ),
    Check(  # what costs nothing may leave without a document
        "invoiced_differs",
        "{invoiced} units are invoiced and {credited} credited on the line; documents say {on_invoices}, {on_credits}.",
        "order_lines {order_id}/{n}",
        """
        SELECT order_id, n, SUM(invoiced) AS invoiced, SUM(credited) AS credited,
               SUM(on_invoices) AS on_invoices, SUM(on_credits) AS on_credits
        FROM (SELECT order_id, n, invoiced, credited, price_e4, 0 AS on_invoices, 0 AS on_credits
              FROM order_lines WHERE invoiced <> 0 OR credited <> 0
              UNION ALL
              SELECT i.order_id, l.order_line, 0, 0, 0, l.quantity, 0
              FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id AND i.kind = 'invoice'
              WHERE i.order_id IS NOT NULL AND l.order_line IS NOT NULL
              UNION ALL
              SELECT order_id, line, 0, 0, 0, 0, quantity FROM credit_traces) AS both_sides
        GROUP BY order_id, n
        HAVING SUM(invoiced) < SUM(on_invoices) OR SUM(credited) < SUM(on_credits)
            OR SUM(price_e4) <> 0 AND (SUM(invoiced) <> SUM(on_invoices) OR SUM(credited) <> SUM(on_credits))
        """,
    ),
    Check(
        "invoiced_too_much",
        "{invoiced} units are invoiced and {credited} credited of {quantity} ordered.",
        "order_lines {order_id}/{n}",
        """
        SELECT order_id, n, invoiced, credited, quantity FROM order_lines
        WHERE invoiced > quantity OR credited > invoiced OR invoiced < 0 OR credited < 0
        """,
    ),
    Check(
        "credited_too_much",
        "The line gives {quantity} units back, {traced} units of orders are traced to it.",
        "invoice_lines {invoice_id}/{n}",
        """
        SELECT l.invoice_id, l.n, l.quantity, SUM(c.quantity) AS traced
        FROM credit_traces c JOIN invoice_lines l ON l.invoice_id = c.invoice_id AND l.n = c.n
        GROUP BY l.invoice_id, l.n, l.quantity HAVING SUM(c.quantity) > l.quantity
        """,
    ),
)
