"""What can go wrong in a conversation."""


class ModelUnavailableError(Exception):
    """The model did not answer properly."""
