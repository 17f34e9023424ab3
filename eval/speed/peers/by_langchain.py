"""LangChain's indexing over its FAISS store. What it knows of earlier runs is held in memory, and lost with it."""

from __future__ import annotations

from pathlib import Path

import faiss
from langchain_community.docstore.in_memory import InMemoryDocstore
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.indexing import InMemoryRecordManager, index
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter
from transformers import AutoTokenizer

from eval.speed.peers import OVERLAP, TOKENS, K, texts


class LangChain:
    """Search by meaning."""

    def __init__(self, source: Path, place: Path, model: Path) -> None:
        self._source, self._place = source, place
        options = {"normalize_embeddings": True}
        embeddings = HuggingFaceEmbeddings(model_name=str(model), model_kwargs={"device": "cpu"}, encode_kwargs=options)
        dimension = len(embeddings.embed_query("The first text is slower."))
        tokenizer = AutoTokenizer.from_pretrained(str(model))
        self._splitter = RecursiveCharacterTextSplitter.from_huggingface_tokenizer(
            tokenizer, chunk_size=TOKENS, chunk_overlap=OVERLAP
        )
        self._store = FAISS(embeddings, faiss.IndexFlatIP(dimension), InMemoryDocstore(), {})
        self._records = InMemoryRecordManager(namespace="speed")
        self._records.create_schema()

    def index(self) -> int:
        """All files are read and split; what is new is embedded, what is gone removed."""
        documents = [
            Document(path.read_text(encoding="utf-8"), metadata={"source": str(path)}) for path in texts(self._source)
        ]
        parts = self._splitter.split_documents(documents)
        index(parts, self._records, self._store, cleanup="full", source_id_key="source", key_encoder="sha256")
        self._store.save_local(str(self._place))
        return len(self._store.index_to_docstore_id)

    def again(self, changed: Path) -> None:
        """The same; LangChain finds by hashes which passages have changed."""
        self.index()

    def search(self, question: str) -> int:
        """By meaning."""
        return len(self._store.similarity_search(question, K))
