"""A LoRA between torch and GGUF, in the names and the layout of llama.cpp's convert_lora_to_gguf.py."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import gguf
import numpy as np
import regex
import torch

MODULES = {
    "v_proj": "attn_v",
    "o_proj": "attn_output",
    "gate_proj": "ffn_gate",
    "up_proj": "ffn_up",
    "down_proj": "ffn_down",
}
"""The projections that may be adapted, by their names in transformers and in llama.cpp. The rows of q and k stand in
another order in GGUF, so they are left alone."""

_OURS = regex.compile(r"layers\.(\d+)\.\w+\.(\w+)\.lora_([AB])\.(?:default\.)?weight$")
_THEIRS = regex.compile(r"blk\.(\d+)\.(\w+)\.weight\.lora_([ab])$")
_PARENT = {"v_proj": "self_attn", "o_proj": "self_attn", "gate_proj": "mlp", "up_proj": "mlp", "down_proj": "mlp"}


def write(weights: Mapping[str, torch.Tensor], alpha: float, architecture: str, path: Path) -> None:
    """Writes the matrices A (rank, in) and B (out, rank) of `weights`, named as peft names them, as float16."""
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, alpha)
    for name, weight in sorted(weights.items()):
        found = _OURS.search(name)
        if found is None:
            raise ValueError(f"{name} is no matrix of a LoRA")
        layer, module, side = found.groups()
        writer.add_tensor(
            f"blk.{layer}.{MODULES[module]}.weight.lora_{side.lower()}",
            np.ascontiguousarray(weight.detach().to(torch.float16).cpu().numpy()),
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read(path: Path) -> tuple[dict[str, torch.Tensor], float]:
    """The matrices of an adapter as peft names them, float32, and its alpha."""
    reader = gguf.GGUFReader(path)
    theirs = {name: ours for ours, name in MODULES.items()}
    weights = {}
    for tensor in reader.tensors:
        found = _THEIRS.match(tensor.name)
        if found is None or found[2] not in theirs:
            raise ValueError(f"{tensor.name} is not one that can be trained further")
        module = theirs[found[2]]
        place = f"base_model.model.model.layers.{found[1]}.{_PARENT[module]}.{module}"
        weights[f"{place}.lora_{found[3].upper()}.default.weight"] = torch.from_numpy(np.array(tensor.data, np.float32))
    field = reader.get_field(gguf.Keys.Adapter.LORA_ALPHA)
    return weights, float(field.contents()) if field is not None else 0.0
