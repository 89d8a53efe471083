"""The HTTP API under /api/v1: one file per capability says what there is, the others how it is done.

`asgi.create_app` is the way in. A request goes: front (ids, headers, the last resort) → router → who is asking and may
they (`keys`) → decoded (`decode`) → the writer (`writes`) or a reader (`reads`) → answer, or problem (`errors`).
"""
