"""From hits to a checked answer: evidence, engine, citations, confidence; must not know LSP, terminals or
SQL.
"""
