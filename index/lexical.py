"""Search by words: BM25 (Robertson & Zaragoza 2009) over stemmed words, by tantivy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Self

import tantivy

_ANALYZER = "words"
_MOST_TERMS = 256
_HEAP = 50_000_000
# Scripts that write no spaces: every character is a word of its own.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f])")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", stored=True, indexed=True)
    builder.add_text_field("text", tokenizer_name=_ANALYZER, index_option="freq")
    return builder.build()


def _analyzer() -> tantivy.TextAnalyzer:
    builder = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    for step in (
        tantivy.Filter.remove_long(80),
        tantivy.Filter.lowercase(),
        tantivy.Filter.ascii_fold(),
        tantivy.Filter.stemmer("english"),
    ):
        builder = builder.filter(step)
    return builder.build()


def _spaced(text: str) -> str:
    return _UNSPACED.sub(r" \1 ", text)


class LexicalIndex:
    """Texts under integer ids."""

    def __init__(self, index: tantivy.Index) -> None:
        self._index = index
        self._analyzer = _analyzer()
        self._index.register_tokenizer(_ANALYZER, self._analyzer)

    @classmethod
    def build(cls, texts: Iterable[tuple[int, str]], folder: Path | None) -> Self:
        """An index of (id, text) pairs in `folder`, which must be there and empty; in memory where it is None."""
        found = cls(tantivy.Index(_schema(), str(folder)) if folder else tantivy.Index(_schema()))
        try:
            writer = found._index.writer(heap_size=_HEAP, num_threads=1)
            for id_, text in texts:
                writer.add_document(tantivy.Document(id=id_, text=_spaced(text)))
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:  # tantivy's error for a file that it cannot write
            raise OSError(str(error)) from error
        found._index.reload()
        return found

    @classmethod
    def load(cls, folder: Path, size: int) -> Self | None:
        """The index in `folder`; None where it is missing, damaged or does not hold `size` texts."""
        try:
            found = cls(tantivy.Index.open(str(folder)))
            whole = found._index.searcher().num_docs == size
        except (ValueError, OSError):
            return None
        return found if whole else None

    def search(self, query: str, k: int) -> list[tuple[int, float]]:
        """The `k` best for any of the words of `query`: (id, BM25 score), best first. No query syntax."""
        schema = self._index.schema
        terms = dict.fromkeys(self._analyzer.analyze(_spaced(query)))
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", term, "freq"))
            for term in list(terms)[:_MOST_TERMS]
        ]
        if not wanted:
            return []
        searcher = self._index.searcher()
        hits = searcher.search(tantivy.Query.boolean_query(wanted), k, count=False).hits
        return [(int(searcher.doc(address)["id"][0]), float(score)) for score, address in hits]
