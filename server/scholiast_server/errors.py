"""Every error that the server raises on purpose.

    ServerError         what went wrong, why, and what to do next, in one message
    ├── SettingsError   a settings file, variable or option holds what is no setting
    ├── UsageError      a verb was given what it can't work with
    ├── MendingError    a citation can't be put right in its file
    ├── FeedbackError   what a user says of an answer can't be kept, read or deleted
    └── ModelError      a model, an adapter or an endpoint can't do what was asked
        └── AdapterError    llama.cpp does not take an adapter for the model

What goes wrong in the index comes as `scholiast_indexer.errors`. An answer that finds nothing is no error.
"""

from __future__ import annotations


class ServerError(Exception):
    """What went wrong, why, and what to do; the message is shown to the user as it stands."""


class SettingsError(ServerError):
    """A settings file, an environment variable or an option holds what is no setting."""


class UsageError(ServerError):
    """A verb was given what it can't work with."""


class MendingError(ServerError):
    """A citation can't be put right in its file."""


class FeedbackError(ServerError):
    """What a user says of an answer can't be kept, read or deleted."""


class ModelError(ServerError):
    """A model, an adapter or an endpoint can't do what was asked of it."""


class AdapterError(ModelError):
    """An adapter can't be used with the model; the model itself answers."""
