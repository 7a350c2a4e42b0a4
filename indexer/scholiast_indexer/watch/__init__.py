"""Notices that files of a workspace changed; must not know what an index does about it.

Events are hints: they name paths to look at again, never what happened to them. Whatever might have been
missed ends in a change set that says to look at everything.
"""
