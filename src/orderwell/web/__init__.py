"""The web face: pages for the people who work here. A page calls one function and is shown by one template."""
