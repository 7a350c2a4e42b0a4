"""One file a verb: options in, one call of the machine behind, output. Must not know other verbs."""
