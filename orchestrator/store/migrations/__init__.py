"""Alembic's folder: `versions` holds the steps, `env` runs them on the connection it is given."""
