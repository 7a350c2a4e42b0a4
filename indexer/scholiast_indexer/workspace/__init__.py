"""Which files of a folder belong to its index, and their bytes; must not know how text is chunked."""
