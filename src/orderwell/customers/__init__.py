"""Who buys: people, companies, their addresses. Personal data lives only here, where it can be erased."""
