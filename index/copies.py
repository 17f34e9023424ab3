"""Documents that repeat others, told by their sketches: MinHash values of their runs of five words."""

from __future__ import annotations

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush

import numpy as np
import numpy.typing as npt

from index.lexical import terms
from index.types import Document, Sketch

NEAR = 0.6  # the share of its runs that a near-copy has in common with the other, the shorter of the two counted
_RUN = 5
_FEWEST = 30  # runs; shorter texts are alike by chance
_VALUES = 192
_BAND = 2  # values side by side that two sketches must share to be compared: .99 of pairs that are alike by .22 do
_HASH = 16
_FEW = 20  # new documents, and
_MOST = 200  # documents in all that are looked at one by one
_GONE = -1


def sketch(document: Document) -> bytes:
    """What tells whether the document repeats another: 16 bytes of its text's hash, 4 of its number of runs, 768 of
    their MinHash values (Broder, 1997, "On the resemblance and containment of documents"), by datasketch.
    """
    from datasketch import MinHash

    words = terms(document.text)
    runs = {" ".join(words[i : i + _RUN]).encode() for i in range(len(words) - _RUN + 1)}
    minima = MinHash(_VALUES, seed=1, hashfunc=zlib.crc32, scheme="affine32")
    minima.update_batch(runs)
    text = f"{document.page_starts} {document.text}".encode()
    exact = hashlib.blake2b(text, digest_size=_HASH).digest()
    values: npt.NDArray[np.uint32] = minima.hashvalues
    return exact + np.array(len(runs), dtype="<u4").tobytes() + values.astype("<u4").tobytes()


def _by_date(sketches: Iterable[Sketch]) -> list[Sketch]:
    """The earliest first, those without a date last; of one date by id."""
    return sorted(sketches, key=lambda one: (one.published or "9", one.document_id))


def same(sketches: Iterable[Sketch]) -> dict[str, str]:
    """For each document with the very text of others, the id of the earliest of them, which is not itself in it."""
    first: dict[bytes, str] = {}
    held = [one for one in _by_date(sketches) if one.data]
    found = {one.document_id: first.setdefault(one.data[:_HASH], one.document_id) for one in held}
    return {id_: original for id_, original in found.items() if id_ != original}


def near(sketches: Iterable[Sketch]) -> dict[str, str]:
    """For each document that is a copy or near-copy of an earlier one, the id of the earliest that is none itself.

    Near-copies share `NEAR` of the runs of the shorter, as their sketches let one guess: give or take .05 for texts of
    one length, more where one is much longer. Found without comparing each with each, by locality-sensitive hashing
    (Indyk and Motwani, 1998): of excerpts of less than a fifth of a document, some are missed.
    """
    held = [one for one in _by_date(sketches) if one.data]
    sizes, values = _unpacked(held)
    originals: dict[int, list[int]] = defaultdict(list)  # by what they share with others
    copies = same(held)
    for i, bands in enumerate(_shared_bands(values)):
        if not bands or held[i].document_id in copies or sizes[i] < _FEWEST:
            continue
        met = np.array(sorted({j for band in bands for j in originals[band]}), dtype=np.int64)
        alike = met[_containment(values[met] == values[i], sizes[met], int(sizes[i])) >= NEAR]
        if len(alike):
            copies[held[i].document_id] = held[alike[0]].document_id
        else:
            for band in bands:
                originals[band].append(i)
    return {id_: copies.get(original, original) for id_, original in copies.items()}


def near_again(before: Mapping[str, str], held: Sequence[Sketch], new: Sequence[Sketch]) -> dict[str, str]:
    """`near` of `held` and `new` together, where `before` is that of `held` as it was, with what is gone now.

    Where few are new, only they and what is like them are looked at, each beside all others.
    """
    every = [*held, *new]
    if len(new) > _FEW:
        return near(every)
    exact = same(every)
    known = [one for one in _by_date(every) if one.data and one.document_id not in exact]
    place = {one.document_id: i for i, one in enumerate(known)}
    fresh = {one.document_id for one in new} | {one.document_id for one in held if one.same_as}
    old = {id_: i for id_, i in place.items() if id_ not in fresh}
    links = {old[id_]: old.get(original, _GONE) for id_, original in before.items() if id_ in old}
    doubtful = [i for id_, i in place.items() if id_ in fresh or links.get(i) == _GONE]
    if not _settle(links, doubtful, known):
        return near(every)
    found = {known[i].document_id: known[original].document_id for i, original in links.items()}
    return found | {id_: found.get(original, original) for id_, original in exact.items()}


def _settle(links: dict[int, int], doubtful: list[int], known: Sequence[Sketch]) -> bool:
    """Links the doubtful documents anew, the earliest first, and then what was linked to them or may be now.

    False where these are too many.
    """
    sizes, values = _unpacked(known)
    heapify(doubtful)
    settled: list[int] = []
    while doubtful and len(settled) < _MOST:
        i = heappop(doubtful)
        if settled[-1:] == [i]:
            continue
        settled.append(i)
        links.pop(i, None)
        alike = _alike(sizes, values, i)
        earlier = [j for j in alike if j < i and j not in links]
        if earlier:
            links[i] = earlier[0]
        for j in alike:
            if j > i and (links.get(j) == i) == bool(earlier):
                heappush(doubtful, j)
    return not doubtful


def _alike(sizes: npt.NDArray[np.int64], values: npt.NDArray[np.uint32], i: int) -> list[int]:
    """Those that are near-copies of document `i` or it of them, in order; the very ones that `near` would compare."""
    equal = values == values[i]
    banded = equal.reshape(len(values), -1, _BAND).all(axis=2).any(axis=1)
    alike = banded & (_containment(equal, sizes, int(sizes[i])) >= NEAR) & (np.minimum(sizes, sizes[i]) >= _FEWEST)
    return [int(j) for j in np.flatnonzero(alike) if j != i]


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


def _containment(equal: npt.NDArray[np.bool_], sizes: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.float64]:
    """What share of the shorter text's runs the other has too, one of `size`, by which of their values are `equal`."""
    likeness: npt.NDArray[np.float64] = equal.sum(axis=1) / _VALUES
    shared: npt.NDArray[np.float64] = likeness * (sizes + size) / (1 + likeness)
    return shared / np.maximum(np.minimum(sizes, size), 1)
