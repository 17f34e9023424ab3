"""A model of the default one's kind and vocabulary with two layers of random weights: trained in seconds."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np

WIDTH, HIDDEN, HEADS, LAYERS = 32, 64, 2, 2


def tiny(vocabulary: Path, target: Path, seed: int = 0) -> Path:
    """Writes the model to `target`; its tokens are those of the model in `vocabulary`."""
    chance = np.random.default_rng(seed)
    source = gguf.GGUFReader(vocabulary)
    writer = gguf.GGUFWriter(target, "llama")
    writer.add_context_length(512)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_rope_freq_base(10000.0)
    tokens = source.fields["tokenizer.ggml.tokens"]
    writer.add_vocab_size(len(tokens.data))
    for name, field in source.fields.items():
        if name.startswith("tokenizer."):
            _copy(writer, name, field)

    def weight(name: str, *shape: int) -> None:
        writer.add_tensor(name, chance.normal(0, 0.3, shape).astype(np.float32))

    def ones(name: str) -> None:
        writer.add_tensor(name, np.ones(WIDTH, np.float32))

    weight("token_embd.weight", len(tokens.data), WIDTH)
    ones("output_norm.weight")
    for layer in range(LAYERS):
        ones(f"blk.{layer}.attn_norm.weight")
        ones(f"blk.{layer}.ffn_norm.weight")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            weight(f"blk.{layer}.{part}.weight", WIDTH, WIDTH)
        weight(f"blk.{layer}.ffn_gate.weight", HIDDEN, WIDTH)
        weight(f"blk.{layer}.ffn_up.weight", HIDDEN, WIDTH)
        weight(f"blk.{layer}.ffn_down.weight", WIDTH, HIDDEN)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


def _copy(writer: gguf.GGUFWriter, name: str, field: gguf.ReaderField) -> None:
    kind = field.types[0]
    if kind == gguf.GGUFValueType.ARRAY:
        writer.add_key_value(name, field.contents(), kind, sub_type=field.types[-1])
    else:
        writer.add_key_value(name, field.contents(), kind)
