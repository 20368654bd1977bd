"""What can go wrong in a conversation."""


class ModelUnavailableError(Exception):
    """The model did not answer properly."""


class MessageRefusedError(ModelUnavailableError):
    """The model did not take this conversation. Others may go on."""
