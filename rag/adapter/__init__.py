"""The grounding adapter: its weights, and what made them (needs the extra `train`)."""
