"""The open parts of one index: made, opened, kept level, mended. Must not know how files are cut or hits rank."""
