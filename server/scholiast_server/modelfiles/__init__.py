"""The files of models: what is in them, whether they are whole, where to get them. Must not know how a model runs."""
