"""Every table, index and guard as declared (see docs/decisions/first-migration.md for how long this may stay so)."""

from alembic import op

from orderwell.kit.guards import create_guards
from orderwell.schema import METADATA

revision = "0001"
down_revision = None


def upgrade() -> None:
    connection = op.get_bind()
    METADATA.create_all(connection)
    create_guards(connection)
