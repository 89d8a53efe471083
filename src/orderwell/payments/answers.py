"""How payments, refunds, captures and moves are told to those who asked."""

from typing import Any

from ..values.calendar import instant_text
from ..values.ids import show
from .rules import status


def shown(payment: Any) -> dict[str, Any]:
    """Amounts in minor units of `currency`; `rounding` is what cash rounding took off (or, below zero, put on)."""
    return {
        "id": show("payment", payment.id),
        "object": "payment",
        "version": payment.version,
        "order": show("order", payment.order_id) if payment.order_id is not None else None,
        "customer": show("customer", payment.customer_id) if payment.customer_id is not None else None,
        "method": payment.method,
        "provider": payment.provider,
        "provider_method": payment.provider_method,
        "provider_reference": payment.provider_reference,
        "checkout_url": payment.checkout_url,
        "return_url": payment.return_url,
        "reference": payment.reference,
        "status": status(payment),
        "currency": payment.currency,
        "amount": payment.amount_minor,
        "rounding": payment.rounding_minor,
        "authorised": payment.authorised_minor,
        "captured": payment.captured_minor,
        "refunded": payment.refunded_minor,
        "voided": payment.voided_minor,
        "paid_on": payment.paid_on,
        "created_at": instant_text(payment.created_at),
    }


def shown_instruction(row: Any) -> dict[str, Any]:
    """A capture, void or refund; `object` says which."""
    return {
        "id": show(row.kind, row.id),
        "object": row.kind,
        "payment": show("payment", row.payment_id),
        "amount": row.amount_minor,
        "state": row.state,
        "reason": row.reason,
        "created_at": instant_text(row.created_at),
        "done_at": instant_text(row.done_at),
    }
