"""The command `scholiast`: verbs for a terminal, for pipes and for CI. Must not know SQL, ranking or engines.

Nothing heavy is imported before a verb needs it: `scholiast --help` is argparse and little else.
"""
