"""Messages: values written in the caller's transaction, delivered by the worker."""
