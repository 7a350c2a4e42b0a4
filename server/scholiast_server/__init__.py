"""Scholiast answers questions about a codebase, in a terminal and in editors, citing the code it rests on."""
