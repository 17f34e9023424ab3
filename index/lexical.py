"""Search by words: BM25 (Robertson & Zaragoza 2009) over stemmed words, by tantivy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self

import tantivy

from index.vectors import Ids

_ANALYZER = "words"
_MOST_TERMS = 256
_HEAP = 50_000_000
_MOST_NAMED = 2000  # ids that a query names one by one; more are picked from the list of all
_TIED = 20  # hits taken beyond those asked for, so that the last of equal score are the right ones
# Scripts that write no spaces: every character is a word of its own.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0e7f])")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("id", indexed=True, fast=True)
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
        found._write([], texts)
        return found

    @classmethod
    def changed(cls, folder: Path, removed: Iterable[int], added: Iterable[tuple[int, str]]) -> Self:
        """The index in `folder` without the ids in `removed` and with (id, text) pairs `added`.

        No file but `meta.json` and `.managed.json` changes its content, and these are replaced. Raises OSError.
        """
        try:
            found = cls(tantivy.Index.open(str(folder)))
        except ValueError as error:
            raise OSError(str(error)) from error
        found._write(removed, added)
        return found

    def _write(self, removed: Iterable[int], added: Iterable[tuple[int, str]]) -> None:
        try:
            writer = self._index.writer(heap_size=_HEAP, num_threads=1)
            for id_ in removed:
                writer.delete_documents_by_term("id", id_)
            for id_, text in added:
                writer.add_document(tantivy.Document(id=id_, text=_spaced(text)))
            writer.commit()
            writer.wait_merging_threads()
        except ValueError as error:  # tantivy's error for a file that it cannot write
            raise OSError(str(error)) from error
        self._index.reload()

    @classmethod
    def load(cls, folder: Path, size: int) -> Self | None:
        """The index in `folder`; None where it is missing, damaged or does not hold `size` texts."""
        try:
            found = cls(tantivy.Index.open(str(folder)))
            whole = found._index.searcher().num_docs == size
        except (ValueError, OSError):
            return None
        return found if whole else None

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs)

    def search(self, query: str, k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """The `k` best for any of the words of `query`: (id, BM25 score), best first. No query syntax.

        With `allowed` only of these ids, which are in ascending order.
        """
        schema = self._index.schema
        terms = dict.fromkeys(self._analyzer.analyze(_spaced(query)))
        wanted = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", term, "freq"))
            for term in list(terms)[:_MOST_TERMS]
        ]
        if not wanted or (allowed is not None and not len(allowed)):
            return []
        words = tantivy.Query.boolean_query(wanted)
        if allowed is None:
            return self._best(words, k)[:k]
        if len(allowed) <= _MOST_NAMED:
            named = tantivy.Query.term_set_query(schema, "id", allowed.tolist())
            both = [(tantivy.Occur.Must, words), (tantivy.Occur.Must, tantivy.Query.const_score_query(named, 0.0))]
            return self._best(tantivy.Query.boolean_query(both), k)[:k]
        return self._deeper(words, k, allowed)

    def _deeper(self, words: tantivy.Query, k: int, allowed: Ids) -> list[tuple[int, float]]:
        """The best of `allowed`, looked for ever further down the list of all."""
        known = set(allowed.tolist())
        depth = 2 * k * len(self) // len(allowed)
        while True:
            best = self._best(words, depth)
            kept = [hit for hit in best if hit[0] in known]
            if len(kept) >= k or len(best) < depth:
                return kept[:k]
            depth *= 4

    def _best(self, query: tantivy.Query, k: int) -> list[tuple[int, float]]:
        """At least the `k` best. Equal scores go by id, wherever the index holds them."""
        searcher = self._index.searcher()
        hits = searcher.search(query, k + _TIED, count=False).hits
        ids: list[Any] = searcher.fast_field_values("id", [address for _, address in hits])
        found = zip(ids, (score for score, _ in hits), strict=True)
        return sorted(((id_, float(score)) for id_, score in found), key=lambda hit: (-hit[1], hit[0]))


def terms(text: str) -> list[str]:
    """The words of a text as they are compared: lower case, without accents, stemmed."""
    return _analyzer().analyze(_spaced(text))
