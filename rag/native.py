"""llama.cpp itself: loaded once, kept silent, and asked to convert weights."""

from __future__ import annotations

import ctypes
import functools
import importlib
import os
from collections import deque
from pathlib import Path
from typing import Any

from rag.errors import ModelError

_ERROR = 4
_lines: deque[str] = deque(maxlen=16)


@functools.cache
def library() -> Any:
    """The module `llama_cpp` with llama.cpp's own log turned away from stderr.

    It is loaded on first use, for it takes half a second that a plain search need not pay.
    Raises ModelError where it is not installed or was built for another processor.
    """
    # Threads that spin for the others keep a busy machine's cores from them: an answer took five times as long.
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")
    try:
        module = importlib.import_module("llama_cpp")
    except ImportError as error:
        raise ModelError("llama-cpp-python is not installed.", "Run: pip install llama-cpp-python") from error
    except (OSError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        hint = "Run: pip install --force-reinstall --no-binary llama-cpp-python llama-cpp-python"
        raise ModelError(f"llama-cpp-python cannot be loaded: {reason}.", hint) from error
    module.llama_log_set(_log, ctypes.c_void_p(0))
    module.llama_backend_init()
    return module


def _keep(level: int, text: bytes, _: object) -> None:
    if level == _ERROR:
        _lines.append(text.decode("utf-8", "replace").strip())


# llama.cpp holds on to the pointer, so Python must hold on to the function.
_log = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(_keep)


def complaint() -> str:
    """What llama.cpp logged last that says why something failed, in at most 160 characters; may be empty."""
    lines = [line for line in _lines if line]
    _lines.clear()
    telling = [line for line in lines if "error" in line.lower()] or lines
    return telling[0].rpartition("error loading model: ")[2][:160].rstrip(".") if telling else ""


def model_params() -> Any:
    """How llama.cpp loads weights: laid out anew for the processor, but not for AMX, whose kernel crashes.

    It hands the processor a tile configuration that is partly uninitialised: ggml-org/llama.cpp issue 20824.
    """
    lib = library()
    params = lib.llama_model_default_params()
    params.use_extra_bufts = b"AMX_INT8 = 1" not in lib.llama_print_system_info()
    return params


def quantize(source: Path, target: Path, threads: int) -> None:
    """Writes the weights of `source` to `target` as Q8_0, the format with the fastest kernels on a CPU.

    Raises ModelError; `target` may then be there in part.
    """
    lib = library()
    params = lib.llama_model_quantize_default_params()
    params.nthread = threads
    params.ftype = lib.LLAMA_FTYPE_MOSTLY_Q8_0
    params.allow_requantize = True
    if lib.llama_model_quantize(bytes(source), bytes(target), ctypes.byref(params)) != 0:
        raise ModelError(f"{source.name} could not be converted to Q8_0: {complaint() or 'no reason given'}.")
