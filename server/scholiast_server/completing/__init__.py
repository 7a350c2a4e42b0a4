"""Completes code at the cursor with a fill-in-the-middle model and what the index knows. Must not know LSP."""
