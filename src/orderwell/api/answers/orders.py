"""Orders. Quantities and unit prices are decimal strings; amounts are whole minor units of the order's currency."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from .catalog import SkuAnswer
from .customers import CustomerAnswer
from .invoices import CreditNoteAnswer, InvoiceAnswer
from .parcels import ParcelAnswer
from .payments import PaymentAnswer, StartedPaymentAnswer


class UnitsAnswer(TypedDict, total=False):
    """Where the units of a line are; places without any are left out."""

    open: str
    promised: str
    awaited: str
    picked: str
    packed: str
    shipped: str
    delivered: str
    returned: str
    cancelled: str


class LineAnswer(TypedDict):
    line: int
    description: str
    quantity: str
    unit_price: str
    discount: int
    net: int
    tax: int
    units: UnitsAnswer


class OrderLine(LineAnswer):
    sku: str


class HeadAnswer(TypedDict):
    """`placed_on` is the business day; unpaid until `expires_at`, it is cancelled."""

    object: Literal["order"]
    id: str
    version: int
    reference: str
    channel: str
    status: str
    fulfilment_status: str
    currency: str
    basis: str
    net: int
    tax: int
    gross: int
    discount: int
    placed_at: str | None
    placed_on: str | None
    expires_at: str | None
    customer_reference: str
    country: str
    payment_method: str


class OrderAnswer(HeadAnswer):
    """An order as it is now; `customer` is null for a guest."""

    customer: str | None
    lines: list[OrderLine]


class ListedOrderAnswer(OrderAnswer):
    """`payment_status` is how far it is paid."""

    payment_status: str


class ExpandedOrderLine(LineAnswer):
    sku: str | SkuAnswer


class ExpandedOrder(HeadAnswer):
    """An order inside something else, with what was expanded of it in turn."""

    customer: str | CustomerAnswer | None
    lines: list[ExpandedOrderLine]


class AllocationAnswer(TypedDict):
    location: str
    location_code: str
    promised: NotRequired[str]
    picked: NotRequired[str]
    awaited: NotRequired[str]


class OrderDetailLine(LineAnswer):
    """`sku` is an id, or the SKU itself where it was expanded."""

    sku: str | SkuAnswer
    sku_code: str
    allocations: list[AllocationAnswer]


class OrderDetailAnswer(HeadAnswer):
    """With how far it is paid, where its units are set aside, and what was asked for in `expand[]`."""

    payment_status: str
    customer: str | CustomerAnswer | None
    lines: list[OrderDetailLine]
    parcels: NotRequired[list[ParcelAnswer]]
    invoices: NotRequired[list[InvoiceAnswer | CreditNoteAnswer]]
    payments: NotRequired[list[PaymentAnswer]]


class OrderUnits(TypedDict):
    """So many of a line, in the unit it was ordered in."""

    line: int
    quantity: str


class CancelledOrderAnswer(OrderAnswer):
    """`cancelled` is what this call cancelled. `credit_note` is the number of the one that was issued, if any was."""

    cancelled: list[OrderUnits]
    credit_note: str | None


class OrderedAgainAnswer(OrderAnswer):
    """`left_out` names the SKUs of the earlier order that are no longer sold."""

    left_out: list[str]


class PackedOrderAnswer(OrderAnswer):
    parcels: list[str]


class ShippedOrderAnswer(OrderAnswer):
    """`invoice` is the number of the one that was issued for it, if any was."""

    parcels: list[str]
    invoice: str | None


class CollectedOrderAnswer(ShippedOrderAnswer):
    invoices: list[str]


class TakenOrderAnswer(OrderAnswer):
    """`payment` was begun at a provider; its `checkout_url` follows once the provider has answered."""

    payment: StartedPaymentAnswer | None


class SaleAnswer(ShippedOrderAnswer):
    """`to_pay` is after cash rounding; `change` is what goes back to the customer. `payment` is the first of
    `payments`, null where nothing was due."""

    invoices: NotRequired[list[str]]
    payment: PaymentAnswer | None
    payments: list[PaymentAnswer]
    to_pay: int
    change: int


class PaidBack(TypedDict):
    """`to_pay_back` is what is handed over, after cash rounding."""

    refund: str
    payment: str
    method: str
    state: str
    amount: int
    to_pay_back: int


class SoldInExchange(TypedDict, total=False):
    """What is told of the order that goods were sold with, where any were."""

    version: int
    reference: str
    channel: str
    customer: str | None
    status: str
    fulfilment_status: str
    basis: str
    net: int
    tax: int
    gross: int
    discount: int
    placed_at: str | None
    placed_on: str | None
    expires_at: str | None
    customer_reference: str
    country: str
    payment_method: str
    lines: list[OrderLine]
    parcels: list[str]
    invoice: str | None


class ExchangeAnswer(SoldInExchange):
    """`id` is that of the new order or, where nothing was sold, of the first return. Of what was `credited`, what is
    not spent on what was `sold` is paid back, and `credit_left` stays the customer's."""

    object: Literal["exchange"]
    id: str
    order: str | None
    currency: str
    returns: list[str]
    credit_notes: list[str]
    sold: int
    credited: int
    payment: PaymentAnswer | None
    payments: list[PaymentAnswer]
    to_pay: int
    change: int
    refunds: list[PaidBack]
    to_pay_back: int
    credit_left: int


class AddressAnswer(TypedDict):
    name: str
    company: str
    street: str
    postcode: str
    city: str
    country: str
    email: str
    phone: str


class OrderAddressAnswer(TypedDict):
    """Where an order goes from now on, and where it went before; null where that was nowhere."""

    object: Literal["order_address"]
    order: str
    version: int
    ship_to: AddressAnswer
    before: AddressAnswer | None
