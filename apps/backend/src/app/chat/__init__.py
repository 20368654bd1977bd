"""A conversation about one's own todos, with a language model or without."""
