"""Where every unit is. Promises that stock moves and is never set, and that no unit is promised twice."""
