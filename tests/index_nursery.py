"""A process that has everything imported and forks one child for each line it reads: a folder, and an index to sync.

The child brings the index up to date and searches it, which writes the caches. Its process id is printed when it
begins, and how it ended when it has: "0", or "-9" where it was killed.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import faiss  # noqa: F401
import tantivy  # noqa: F401
from index_embedders import HashEmbedder

from index import Index, IndexSettings

SHORT = IndexSettings(passage_tokens=20, passage_limit=30)


def main() -> None:
    for line in sys.stdin:
        source, place = line.rstrip("\n").split("\t")
        child = os.fork()
        if child == 0:
            with Index.open(source, SHORT, embedder=HashEmbedder(), path=Path(place)) as index:
                index.sync()
                index.search("bridge", 3)
            os._exit(0)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
