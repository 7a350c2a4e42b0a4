"""Models of llama.cpp, in a process of their own: a bad file kills that process and nothing else."""
