"""The business itself: its currency, time zone and house rules. Promises that there is exactly one."""
