"""LoRA adapters: which there are, whether they fit a model, which is chosen for what. Must not know prompts."""
