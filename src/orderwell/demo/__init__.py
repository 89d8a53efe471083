"""The demonstration business: a shop in lamps and things for the home, half a year of it, and customers who go on.

`goods` and `people` are what it sells and to whom, `house` sets it up, `making` lives its months through the same
requests as live trade, `living` lets customers order while somebody looks.
"""
