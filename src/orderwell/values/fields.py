"""Kinds of input: what a field may hold at all, wherever it comes in. The faces check them before a flow sees them."""

from decimal import Decimal
from typing import Annotated

from annotated_types import Ge, Gt, Le, Len

Code = Annotated[str, Len(1, 64)]  # of a SKU, channel, location
Reference = Annotated[str, Len(1, 100)]  # somebody else's name for a thing
Text = Annotated[str, Len(0, 500)]
Name = Annotated[str, Len(1, 200)]
Quantity = Annotated[Decimal, Gt(Decimal(0)), Le(Decimal("1e9"))]
AnyQuantity = Annotated[Decimal, Ge(Decimal("-1e9")), Le(Decimal("1e9"))]
UnitPrice = Annotated[Decimal, Ge(Decimal(0)), Le(Decimal("1e10"))]  # major units, up to four decimals
MAX_AMOUNT = 10**15  # minor units: sums of thousands of such amounts still fit into 64 bits
Minor = Annotated[int, Ge(0), Le(MAX_AMOUNT)]
SignedMinor = Annotated[int, Ge(-MAX_AMOUNT), Le(MAX_AMOUNT)]
Percent = Annotated[Decimal, Gt(Decimal(0)), Le(Decimal(100))]
Currency = Annotated[str, Len(3, 3)]
Country = Annotated[str, Len(2, 2)]
Day = Annotated[str, Len(10, 10)]  # YYYY-MM-DD
MAX_LINES = 2_000
