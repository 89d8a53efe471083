"""The house rules that a program can check. Each failure says why the rule is there."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from orderwell import schema
from orderwell.kit.tables import TABLES

SOURCE = Path(schema.__file__).parent
FILES = sorted(path for path in SOURCE.rglob("*.py") if "static" not in path.parts)

CAPABILITIES = {
    folder.name
    for folder in SOURCE.iterdir()
    if (folder / "model.py").exists() or (folder / "store.py").exists()
} - {"values", "kit", "verify"}  # fmt: skip
TOOLS = {"values", "kit"}
ABOVE = {
    "flows",
    "reports",
    "verify",
    "replay",
    "api",
    "cli",
    "demo",
    "web",
    "app",
    "worker",
    "schema",
    "settings",
    "migrations",
}
EXCEPTIONS = {
    "access/rules.py": "the secret of an API key, for the face that shows it",
    "access/second_step.py": "the secrets of authenticator apps, for the face that shows them",
    "portal/rules.py": "the secrets of links and sessions, for the faces and the job that hand them out",
    "notifications/rules.py": "the secret of an endpoint, for the face that shows it",
    "flows/deliver_webhook.py": "a job's handler, which speaks to the outside and is no flow",
}

# What each part may import of ours. Faces and wiring may import everything.
MAY_IMPORT = {
    "values": {"values"},
    "kit": {"values", "kit"},
    "flows": {"values", "kit", "flows", *CAPABILITIES},
    "reports": {"values", "kit", "reports", *CAPABILITIES},
    **{name: {"values", "kit", name} for name in CAPABILITIES},
}


def part_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, top-level part of ours) for every import, relative or absolute, wherever in the file it stands."""
    here = ["orderwell", *path.relative_to(SOURCE).with_suffix("").parts]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            base = here[: -node.level] if node.level else []
            module = [*base, *(node.module.split(".") if node.module else [])]
            names = [[*module, alias.name] for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name.split(".") for alias in node.names]
        else:
            continue
        for name in names:
            if name[0] == "orderwell" and len(name) > 1:
                yield node.lineno, name[1]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_one_way(path: Path) -> None:
    """Capabilities never meet but in flows and reports: so each can be read, tested and changed alone."""
    allowed = MAY_IMPORT.get(part_of(path))
    if allowed is None:
        return
    wrong = [f"line {line}: {part}" for line, part in imports(path) if part not in allowed and part != "__version__"]
    assert not wrong, f"{path.name} may import {sorted(allowed)} only: {wrong}"


def test_every_part_of_the_house_is_known() -> None:
    parts = {part_of(path) for path in FILES} - {"__init__", "__main__"}
    unknown = parts - TOOLS - CAPABILITIES - ABOVE
    assert not unknown, f"{unknown} is no capability and no layer: give it its place in ARCHITECTURE.md and here"


def test_only_the_database_commits() -> None:
    """One place opens and commits transactions: nothing else can leave half a story behind."""
    found = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in FILES
        if path.parent != SOURCE / "kit" or path.name not in ("database.py", "sqlite.py", "postgres.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "begin_nested")
        if not (isinstance(node.value, ast.Name) and node.value.id == "session" and path.name == "batch.py")
    ]
    assert not found, (
        f"commit belongs to kit/database.py and its two sessions, and is said in kit/batch.py only: {found}"
    )


def test_no_float_comes_near_money_or_quantities() -> None:
    """Cents and units are whole numbers; a float would lose one some day."""
    found = [
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in FILES
        if part_of(path) in CAPABILITIES | {"values", "flows", "reports"}
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
    ]
    assert not found, f"use integers in minor units, or Decimal for rates: {found}"


def test_flows_and_rules_ask_no_clock_and_draw_no_lots() -> None:
    """A flow may run several times for one request, so time and ids come from its Tx alone."""
    found = [
        f"{path.relative_to(SOURCE)}:{line}"
        for path in FILES
        if part_of(path) in CAPABILITIES | {"flows"} and "simulated" not in path.name
        if str(path.relative_to(SOURCE)) not in EXCEPTIONS
        for line in _modules(path, {"time", "random", "uuid", "secrets"})
    ]
    assert not found, f"tx.now and tx.new_id() are what a flow may use: {found}"


def _modules(path: Path, banned: set[str]) -> Iterator[int]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import) and any(alias.name in banned for alias in node.names):
            yield node.lineno
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module in banned:
            yield node.lineno


def test_history_holds_no_version_and_names_its_cause() -> None:
    """An append-only row never changes, and can be traced to the event that caused it."""
    for table in TABLES.values():
        if table.append_only:
            assert table.version_at is None, f"{table} is append-only and has a version"


def test_every_table_has_a_key_and_a_place_in_the_order_of_locking() -> None:
    for table in TABLES.values():
        assert table.key
        assert table.position >= 0, f"{table} has no place in schema.LOCK_ORDER"
