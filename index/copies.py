"""Documents that repeat others, told by their sketches: MinHash values of their runs of five words."""

from __future__ import annotations

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import regex

from index.types import Document, Sketch

NEAR = 0.6  # the share of its runs that a near-copy has in common with the other, the shorter of the two counted
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}"  # every character is a word of its own
_WORDS = regex.compile(rf"(?V1)[{_UNSPACED}]|[[\p{{L}}\p{{N}}]--[{_UNSPACED}]]+")
_RUN = 5
_FEWEST = 30  # runs; shorter texts are alike by chance
_VALUES = 192
_BAND = 2  # values side by side that two sketches must share to be compared: .99 of pairs that are alike by .22 do
_HASH = 16
_FEW = 20


def sketch(document: Document) -> bytes:
    """What tells whether the document repeats another: 16 bytes of its text's hash, 4 of its number of runs, 768 of
    their MinHash values (Broder, 1997, "On the resemblance and containment of documents"), by datasketch.
    """
    from datasketch import MinHash

    words = _WORDS.findall(document.text.casefold())
    runs = {" ".join(words[i : i + _RUN]).encode() for i in range(len(words) - _RUN + 1)}
    minima = MinHash(_VALUES, seed=1, hashfunc=zlib.crc32, scheme="affine32")
    minima.update_batch(runs)
    text = f"{document.page_starts} {document.text}".encode()
    exact = hashlib.blake2b(text, digest_size=_HASH).digest()
    values: npt.NDArray[np.uint32] = minima.hashvalues
    return exact + np.array(len(runs), dtype="<u4").tobytes() + values.astype("<u4").tobytes()


def by_date(sketches: Iterable[Sketch]) -> list[Sketch]:
    """The earliest first, those without a date last; of one date by id."""
    return sorted(sketches, key=lambda one: (one.published or "9", one.document_id))


def same(sketches: Iterable[Sketch]) -> dict[str, str]:
    """For each document with the very text of others, the id of the earliest of them, which is not itself in it."""
    first: dict[bytes, str] = {}
    held = [one for one in by_date(sketches) if one.data]
    found = {one.document_id: first.setdefault(one.data[:_HASH], one.document_id) for one in held}
    return {id_: original for id_, original in found.items() if id_ != original}


def near(sketches: Iterable[Sketch]) -> dict[str, str]:
    """For each document that is a copy or near-copy of an earlier one, the id of the earliest that is none itself.

    Near-copies share `NEAR` of the runs of the shorter, as their sketches let one guess: give or take .05 for texts of
    one length, more where one is much longer. Found without comparing each with each, by locality-sensitive hashing
    (Indyk and Motwani, 1998): of excerpts of less than a fifth of a document, some are missed.
    """
    held = [one for one in by_date(sketches) if one.data]
    sizes, values = _unpacked(held)
    originals: dict[int, list[int]] = defaultdict(list)  # by what they share with others
    copies = same(held)
    for i, bands in enumerate(_shared_bands(values)):
        if not bands or held[i].document_id in copies or sizes[i] < _FEWEST:
            continue
        met = np.array(sorted({j for band in bands for j in originals[band]}), dtype=np.int64)
        alike = met[_containment(values[met], sizes[met], values[i], sizes[i]) >= NEAR]
        if len(alike):
            copies[held[i].document_id] = held[alike[0]].document_id
        else:
            for band in bands:
                originals[band].append(i)
    return {id_: copies.get(original, original) for id_, original in copies.items()}


def near_again(
    before: Mapping[str, str], gone: Collection[str], held: Sequence[Sketch], new: Sequence[Sketch]
) -> dict[str, str]:
    """`near` of `held` and `new` together, where `before` is that of `held` and the documents `gone`.

    Quick where few are new, these are like no other, and those gone were neither: then nothing is linked otherwise.
    """
    known = [one for one in [*new, *held] if one.data]
    linked = {*before, *before.values()}
    if len(new) > _FEW or not linked.isdisjoint(gone) or any(_meets(known, i) for i in range(len(new))):
        return near(known)
    return dict(before)


def _meets(held: Sequence[Sketch], i: int) -> bool:
    """Whether one of `held` is the same as any other, or nearly."""
    sizes, values = _unpacked(held)
    alike = (_containment(values, sizes, values[i], int(sizes[i])) >= NEAR) & (np.minimum(sizes, sizes[i]) >= _FEWEST)
    alike |= np.array([one.data[:_HASH] == held[i].data[:_HASH] for one in held])
    return int(alike.sum()) > 1


def _unpacked(held: Sequence[Sketch]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint32]]:
    """The numbers of runs, and the MinHash values, shape (len(held), 192)."""
    data = np.frombuffer(b"".join(one.data[_HASH:] for one in held), dtype="<u4").reshape(len(held), 1 + _VALUES)
    return data[:, 0].astype(np.int64), data[:, 1:]


def _shared_bands(values: npt.NDArray[np.uint32]) -> list[list[int]]:
    """For each document what values side by side it has that others have too, as numbers of their own."""
    bands = np.ascontiguousarray(values).view("<u8").reshape(len(values), _VALUES // _BAND)
    found: list[list[int]] = [[] for _ in values]
    for column in range(bands.shape[1]):
        _, which, counts = np.unique(bands[:, column], return_inverse=True, return_counts=True)
        for i in np.flatnonzero(counts[which] > 1).tolist():
            found[i].append(int(which[i]) * bands.shape[1] + column)
    return found


def _containment(
    values: npt.NDArray[np.uint32], sizes: npt.NDArray[np.int64], other: npt.NDArray[np.uint32], size: int
) -> npt.NDArray[np.float64]:
    """What share of the shorter text's runs the other has too, each of `values` with `other`, by their likeness."""
    likeness: npt.NDArray[np.float64] = (values == other).sum(axis=1) / _VALUES
    shared: npt.NDArray[np.float64] = likeness * (sizes + size) / (1 + likeness)
    return shared / np.maximum(np.minimum(sizes, size), 1)
