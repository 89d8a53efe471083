"""Logging: one JSON object a line on standard error. Values are escaped by JSON, so no text can forge a line."""

import json
import sys
import time
import traceback
from typing import Any


class Log:
    """`log.info("what.happened", fact=…)`. Never hand it secrets, tokens or personal data."""

    def __init__(self) -> None:
        self.quiet = False

    def info(self, what: str, **facts: Any) -> None:
        self._write("info", what, facts)

    def warning(self, what: str, **facts: Any) -> None:
        self._write("warning", what, facts)

    def error(self, what: str, *, exc: BaseException | None = None, **facts: Any) -> None:
        if exc is not None:
            facts["error"] = f"{type(exc).__name__}: {exc}"
            facts["trace"] = "".join(traceback.format_exception(exc))
        self._write("error", what, facts)

    def _write(self, level: str, what: str, facts: dict[str, Any]) -> None:
        if self.quiet and level != "error":
            return
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        sys.stderr.write(json.dumps({"time": stamp, "level": level, "what": what, **facts}, default=str) + "\n")


log = Log()
