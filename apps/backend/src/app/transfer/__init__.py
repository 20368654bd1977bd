"""Todos as files: export, import, and a calendar at a secret address."""
