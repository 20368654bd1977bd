"""What somebody means who types a todo in one line."""
