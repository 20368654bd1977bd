"""The schema and how it came about (Alembic)."""
