"""Engines: what turns a question and numbered evidence into text; must not know workspaces or how citations
are checked.
"""
