"""Bring the index up to date with the files. Must not know answers, editors or ranking.

Only what changed is read, only unseen blobs are parsed, only unseen texts are embedded. Each transaction holds whole
files, so that a kill at any moment leaves a usable index, and the next update goes on from there.
"""
