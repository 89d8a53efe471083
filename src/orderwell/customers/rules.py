"""How long the law has us keep what invoices say about somebody. Pure.

The Netherlands: seven years, Algemene wet inzake rijksbelastingen art. 52 lid 4; what an invoice has to say, the
customer's name and address among it, Wet op de omzetbelasting 1968 art. 35a. The GDPR lets that stand: art. 17(3)(b).
Elsewhere the longest term that is usual in the EU is taken, until somebody has looked up the one that holds.
"""

RETENTION_YEARS = {"NL": 7}
LONGEST_YEARS = 10

ERASED = "erased"  # stands where a name was


def kept_through(day: str, country: str) -> str:
    """The last day on which a document of a day is kept: the term counts from the end of its year."""
    return f"{int(day[:4]) + RETENTION_YEARS.get(country, LONGEST_YEARS):04d}-12-31"
