"""Accounts: sign-up, sign-in and who the caller is."""
