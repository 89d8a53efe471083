"""Who may do what: people, roles, API keys. Promises that only a key's hash is ever stored."""
