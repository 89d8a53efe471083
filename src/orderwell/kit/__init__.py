"""Tools that know no business: database, group commit, idempotency, events, jobs, errors, clock."""
