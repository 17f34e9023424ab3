"""Published benchmarks, asked through the whole program. Their data is named by the user; none is fetched.

from eval.benchmarks import Library, benchmark
result = benchmark("ramdocs", Path("ramdocs.jsonl"), Library(settings))
result.figures["exact match"].value
"""

from __future__ import annotations

from eval.benchmarks.harness import BENCHMARKS, BenchmarkResult, Figure, Opener, benchmark
from eval.benchmarks.library import Library

__all__ = ["BENCHMARKS", "BenchmarkResult", "Figure", "Library", "Opener", "benchmark"]
