"""What somebody has to look at. Promises that one trouble is one task, however often it is reported."""
