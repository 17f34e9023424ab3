"""LlamaIndex with the vector store that it has by itself, which is written as JSON."""

from __future__ import annotations

from pathlib import Path

from llama_index.core import Document, SimpleDirectoryReader, VectorStoreIndex
from llama_index.core.node_parser import SentenceSplitter
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from transformers import AutoTokenizer

from eval.speed.peers import OVERLAP, TOKENS, K


class LlamaIndex:
    """Search by meaning. What a file is called is left out of what is embedded, as in the others."""

    def __init__(self, source: Path, place: Path, model: Path) -> None:
        self._source, self._place = source, place
        self._model = HuggingFaceEmbedding(model_name=str(model), device="cpu", embed_batch_size=32)
        self._model.get_text_embedding("The first text is slower.")
        tokenizer = AutoTokenizer.from_pretrained(str(model))
        self._splitter = SentenceSplitter(
            chunk_size=TOKENS,
            chunk_overlap=OVERLAP,
            tokenizer=lambda text: tokenizer.encode(text, add_special_tokens=False),
            include_metadata=False,
        )

    def index(self) -> int:
        """All documents, through the splitter."""
        steps = [self._splitter]
        self._index = VectorStoreIndex.from_documents(self._read(), embed_model=self._model, transformations=steps)
        self._retriever = self._index.as_retriever(similarity_top_k=K)
        self._index.storage_context.persist(str(self._place))
        return len(self._index.docstore.docs)

    def again(self, changed: Path) -> None:
        """All documents are read; LlamaIndex finds by their hashes which have changed."""
        self._index.refresh_ref_docs(self._read())
        self._index.storage_context.persist(str(self._place))

    def search(self, question: str) -> int:
        """By meaning."""
        return len(self._retriever.retrieve(question))

    def _read(self) -> list[Document]:
        found: list[Document] = SimpleDirectoryReader(
            str(self._source), recursive=True, filename_as_id=True
        ).load_data()
        for document in found:
            document.excluded_embed_metadata_keys = list(document.metadata)
        return found
