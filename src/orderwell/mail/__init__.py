"""Messages to people. Promises that each is written down, and that a link with a secret is not kept once it is sent."""
