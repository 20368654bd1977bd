"""The HTTP API of the Todo application: accounts, todos and health, on PostgreSQL."""
