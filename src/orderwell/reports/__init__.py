"""Questions across the business. Promises figures that agree with the documents and the ledger behind them.

`REPORTS[name](connection, **parameters)` answers as a JSON-ready dict; parameters are texts, as faces get them.
"""

from . import books as books
from . import customers as customers
from . import debts as debts
from . import margin as margin
from . import promises as promises
from . import sales as sales
from . import stock as stock
from .question import REPORTS as REPORTS
from .question import Report as Report
