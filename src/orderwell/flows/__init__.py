"""The stories: one file per request a business makes, told from top to bottom. The only place capabilities meet."""
