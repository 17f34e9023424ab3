"""What the evaluation knows: questions, what a right answer holds, and the words that prove it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args

from index.errors import SourceError
from rag.types import Status

Kind = Literal["single", "agree", "disagree", "absent", "open", "follow-up", "paraphrase", "injection"]
Split = Literal["dev", "test"]
KINDS: tuple[str, ...] = get_args(Kind)
SPLITS: tuple[str, ...] = get_args(Split)
Groups = tuple[tuple[str, ...], ...]

_KNOWN = {
    "id", "question", "kind", "split", "status", "answers", "rejected", "dissent", "history", "proof",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proof:
    """Exact `words` of a raw source file that prove an answer."""

    document: str
    words: str


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what is known about its answer.

    answers: groups of alternatives; an answer must hold one alternative of every group, by value.
    rejected: values that make an answer wrong. dissent: groups that must be named beside the answer.
    history: earlier questions of the chat, oldest first. `status` is what a right answer's status is.
    """

    id: str
    question: str
    kind: str
    split: str
    status: Status
    answers: Groups = ()
    rejected: tuple[str, ...] = ()
    dissent: Groups = ()
    history: tuple[str, ...] = ()
    proof: tuple[Proof, ...] = ()

    @property
    def values(self) -> tuple[str, ...]:
        """Every accepted or dissenting wording, in order."""
        return tuple(value for group in (*self.answers, *self.dissent) for value in group)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder of sources and the cases over it."""

    name: str
    source: Path
    cases: tuple[Case, ...]


def corpora() -> tuple[str, ...]:
    """The names that `load` knows: the packaged case files and the folders of `eval/corpora`."""
    packaged = (path.stem for path in (_home() / "cases").glob("*.toml"))
    folders = (path.parent.name for path in (_home() / "corpora").glob("*/cases.toml"))
    return tuple(sorted({*packaged, *folders}))


def load(corpus: str | Path, source: Path | None = None) -> Corpus:
    """The corpus by its name, or the folder `corpus` that holds sources and a `cases.toml`.

    `source` is where the documents of a packaged case file lie, by default the folder of its name here
    ("seeds" -> ./seeds). Raises SourceError: unknown name, missing documents, a case that is not well formed.
    """
    packaged = _home() / "cases" / f"{corpus}.toml"
    if packaged.is_file():
        return _corpus(str(corpus), source or Path(str(corpus)), packaged)
    for folder in (_home() / "corpora" / str(corpus), Path(corpus)):
        if (folder / "cases.toml").is_file():
            return _corpus(folder.resolve().name, source or folder, folder / "cases.toml")
    raise SourceError(
        f"There is no corpus {str(corpus)!r}.",
        f"Known: {', '.join(corpora()) or 'none'}; or name a folder of documents with a cases.toml.",
    )


def select(corpus: Corpus, split: str | None = None, kind: str | None = None, limit: int | None = None) -> Corpus:
    """The corpus with only the cases of `split` and `kind`, and at most `limit` of them, spread evenly.

    Raises SourceError when none is left, so that a mistyped filter is not a run of nothing.
    """
    kept = [case for case in corpus.cases if split in (None, case.split) and kind in (None, case.kind)]
    if limit is not None and 0 <= limit < len(kept):
        kept = [kept[i * len(kept) // limit] for i in range(limit)]
    if not kept:
        raise SourceError(
            f"No case of {corpus.name} is left (split {split or 'any'}, kind {kind or 'any'}, limit {limit}).",
            f"Splits: {', '.join(SPLITS)}; kinds: {', '.join(KINDS)}.",
        )
    return replace(corpus, cases=tuple(kept))


def parse(text: str, name: str) -> tuple[Case, ...]:
    """The cases of a TOML text; `name` is said in errors. Raises SourceError."""
    try:
        tables = tomllib.loads(text).get("case", [])
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{name} is not TOML: {error}.", "Correct the line it names.") from error
    cases = tuple(_case(table, f"{name}, case {number}") for number, table in enumerate(tables, 1))
    if not cases:
        raise SourceError(f"{name} has no cases.", "Write at least one [[case]].")
    twice = {case.id for case in cases if sum(other.id == case.id for other in cases) > 1}
    if twice:
        raise SourceError(f"{name} uses an id twice: {', '.join(sorted(twice))}.", "Give each case its own.")
    return cases


def locate(text: str, words: str) -> list[tuple[int, int]]:
    """Every place, (start, end) in characters, where `words` stand in `text`.

    The words come from the raw file and the text is cleaned, so where they are not found to the letter only
    letters and digits are compared: white space, quotation marks and hyphens may differ. The row of a table is a line
    in which its cells follow each other, named by their columns.
    """
    if not words.strip():
        return []
    if found := _occurrences(text, words):
        return found
    places = [i for i, char in enumerate(text) if char.isalnum()]
    wanted = "".join(char for char in words if char.isalnum())
    squeezed = "".join(text[i] for i in places)
    found = [(places[start], places[end - 1] + 1) for start, end in _occurrences(squeezed, wanted)]
    return found or _rows(text, words)


def _rows(text: str, words: str) -> list[tuple[int, int]]:
    cells = [re.escape(cell.strip()) for cell in words.split("|" if "|" in words else ",") if cell.strip()]
    if len(cells) < 2 or ("|" not in words and ", " in words):  # prose has a space behind its commas
        return []
    row = re.compile(r"(?<!\w)" + r"(?!\w)[^\n]*?(?<!\w)".join(cells) + r"(?!\w)")
    return [match.span() for match in row.finditer(text)]


def _occurrences(text: str, words: str) -> list[tuple[int, int]]:
    found, start = [], text.find(words) if words else -1
    while start >= 0:
        found.append((start, start + len(words)))
        start = text.find(words, start + len(words))
    return found


def _home() -> Path:
    return Path(str(resources.files("eval")))


def _corpus(name: str, source: Path, file: Path) -> Corpus:
    if not source.is_dir():
        raise SourceError(f"The documents of {name} are not at {source}.", "Name their folder with --sources.")
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{file} cannot be read: {error}.", "It must be a UTF-8 file.") from error
    cases = parse(text, file.name)
    missing = sorted({p.document for case in cases for p in case.proof if not (source / p.document).is_file()})
    if missing:
        raise SourceError(f"{source} lacks {', '.join(missing[:3])}, named in {file.name}.", "Name the right folder.")
    return Corpus(name, source, cases)


def _case(table: Mapping[str, Any], where: str) -> Case:
    where = f"{where} ({table.get('id', 'no id')})"
    if unknown := set(table) - _KNOWN:
        raise SourceError(
            f"{where}: unknown keys {', '.join(sorted(unknown))}.", f"Known: {', '.join(sorted(_KNOWN))}."
        )
    case = Case(
        id=_text(table, "id", where),
        question=_text(table, "question", where),
        kind=_one_of(table, "kind", KINDS, where),
        split=_one_of(table, "split", SPLITS, where),
        status=_one_of(table, "status", get_args(Status), where),  # type: ignore[arg-type]
        answers=_groups(table.get("answers", []), "answers", where),
        rejected=_texts(table.get("rejected", []), "rejected", where),
        dissent=_groups(table.get("dissent", []), "dissent", where),
        history=_texts(table.get("history", []), "history", where),
        proof=tuple(Proof(_text(p, "document", where), _text(p, "words", where)) for p in table.get("proof", [])),
    )
    if problem := _problem(case):
        raise SourceError(f"{where}: {problem}.", "Correct the case.")
    return case


def _problem(case: Case) -> str:
    """What contradicts itself in a case, or nothing: such a case would be scored wrongly in silence."""
    absent = case.status == "not_in_sources"
    if absent != (not case.answers):
        return "answers are given for exactly the cases whose status is not not_in_sources"
    if absent != (not case.proof):
        return "proof is given for exactly the cases whose status is not not_in_sources"
    if case.kind == "absent" and not absent:
        return "kind absent goes with status not_in_sources"
    if (case.kind == "disagree" and case.status != "conflict") or (case.dissent and case.status != "conflict"):
        return "kind disagree and dissent go with status conflict"
    if (case.kind == "follow-up") != bool(case.history):
        return "history is given for exactly the follow-ups"
    return ""


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SourceError(f"{where}: {key} must be a text.", "Correct the case.")
    return value


def _one_of(table: Mapping[str, Any], key: str, known: Sequence[str], where: str) -> str:
    value = _text(table, key, where)
    if value not in known:
        raise SourceError(f"{where}: {key} is {value!r}.", f"Known: {', '.join(known)}.")
    return value


def _texts(value: Any, key: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise SourceError(f"{where}: {key} must be a list of texts.", "Correct the case.")
    return tuple(value)


def _groups(value: Any, key: str, where: str) -> Groups:
    if not isinstance(value, list):
        raise SourceError(f"{where}: {key} must be a list of lists of texts.", "Correct the case.")
    groups = tuple(_texts(group, key, where) for group in value)
    if not all(groups):
        raise SourceError(f"{where}: {key} has an empty group.", "A group lists at least one alternative.")
    return groups
