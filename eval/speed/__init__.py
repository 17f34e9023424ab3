"""How fast, how big and how exact the index is: `python -m eval.speed`. Ratios and limits, measured in one run."""
