"""The todos of one user."""
