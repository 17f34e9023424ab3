"""Invented news: frames (frames/*.toml) filled with invented names and values, and questions whose answers are known.

A frame is a small world: slots of a kind, statements that use them, questions that ask for one, and questions that no
statement answers. What is hard about real news is made on purpose: several values of one kind in a sentence, a
second event of the same sort beside the first, names cut short, questions in other words, in lower case, misspelt.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import regex

from rag.adapter.examples import Group, Query, query
from rag.adapter.style import Style
from rag.measure import Span
from rag.question import understand

HERE = Path(__file__).parent
_SLOT = regex.compile(r"\{(\w+)\}")
_KINDS = {
    "org": "name",
    "person": "name",
    "place": "name",
    "name": "name",
    "year": "date",
}
_IT = ("it", "it", "its")
_PRONOUNS = {
    "org": (_IT, _IT, ("they", "them", "their")),
    "person": (("he", "him", "his"), ("she", "her", "her")),
    "name": (_IT,),
}
_AUXILIARIES = "did|does|do|was|were|is|are|will|would|has|had|can|could|should"
_FOLLOWING = 0.12


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence with slots in braces; `after`: it leans on the one before."""

    text: str
    after: bool

    @property
    def slots(self) -> set[str]:
        return set(_SLOT.findall(self.text))


@dataclass(frozen=True, slots=True)
class Frame:
    """`slots` maps names to kinds, `questions` a slot to wordings that ask for it, `checks` to those of yes or no."""

    name: str
    slots: dict[str, str]
    statements: tuple[Statement, ...]
    questions: dict[str, tuple[str, ...]]
    checks: dict[str, tuple[str, ...]]
    absent: tuple[str, ...]


def frames(folder: Path = HERE / "frames") -> list[Frame]:
    """The frames of `folder`, by name."""
    return [_frame(tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.toml"))]


def _frame(raw: Mapping[str, object]) -> Frame:
    questions: dict[str, tuple[str, ...]] = {}
    checks: dict[str, tuple[str, ...]] = {}
    for item in raw["question"]:  # type: ignore[attr-defined]
        questions[item["asks"]] = (*questions.get(item["asks"], ()), *item["wordings"])
        checks[item["asks"]] = (*checks.get(item["asks"], ()), *item.get("checks", ()))
    statements = tuple(Statement(item["text"], item.get("after", False)) for item in raw["statement"])  # type: ignore[attr-defined]
    absent = tuple(wording for item in raw.get("absent", ()) for wording in item["wordings"])  # type: ignore[attr-defined]
    return Frame(str(raw["name"]), dict(raw["slots"]), statements, questions, checks, absent)  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Event:
    """A frame with a value for each slot. An entity has a long and a short form."""

    frame: Frame
    values: dict[str, tuple[str, ...]]


class Newsroom:
    """Makes events, sentences and questions from one source of chance."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def group(self, frame: Frame, fillers: Sequence[str] = ()) -> Group:
        """Sentences about one event or two of the same sort, and questions about them."""
        chance = self.random
        events = [self.event(frame) for _ in range(2 if chance.random() < 0.4 else 1)]
        lines: list[_Line] = []
        for event, count in zip(events, (chance.choice((2, 3, 3, 4, 5, 6)), chance.choice((1, 1, 2))), strict=False):
            lines += self._told(event, count)
        strange = min(len(fillers), chance.choice((0, 0, 1, 2)))
        lines += [_Line(text, None, ()) for text in chance.sample(list(fillers), strange)]
        if chance.random() < 0.3:
            chance.shuffle(lines)
        queries = [item for event in events for item in self._asked(event, lines, 5 if event is events[0] else 1)]
        chance.shuffle(queries)
        return Group(f"fiction/{frame.name}", tuple(line.text for line in lines), tuple(queries))

    def event(self, frame: Frame) -> Event:
        """`frame` with values drawn for its slots, no two of a kind alike."""
        taken: set[str] = set()
        style = Style(self.random)
        drawn: dict[str, tuple[str, ...]] = {}
        for slot, kind in frame.slots.items():
            value = style.value(kind)
            while value[0] in taken or value[-1] in taken:
                value = style.value(kind)
            taken |= {value[0], value[-1]}
            drawn[slot] = value
        return Event(frame, drawn)

    def _told(self, event: Event, count: int) -> list[_Line]:
        statements = self.random.sample(event.frame.statements, min(count, len(event.frame.statements)))
        statements.sort(key=lambda statement: statement.after)
        lines: list[_Line] = []
        seen: set[str] = set()
        for statement in statements:
            line = self._line(event, statement.text, seen)
            if statement.after and lines and self.random.random() < 0.4:
                line = lines[-1].joined(line)
            lines.append(line)
        return lines

    def _line(self, event: Event, text: str, seen: set[str]) -> _Line:
        """The statement filled in, with the place of each slot. What was named in full before may be cut short."""
        parts: list[str] = []
        spots: list[tuple[str, int, int]] = []
        length = at = 0
        for match in _SLOT.finditer(text):
            slot = match[1]
            value = self._form(event, slot, 0.4 if slot in seen else 0.0)
            seen.add(slot)
            parts += [text[at : match.start()], value]
            length += match.start() - at
            at = match.end()
            spots.append((slot, length, length + len(value)))
            length += len(value)
        filled = "".join([*parts, text[at:]])
        return _Line(filled[:1].upper() + filled[1:], event, tuple(spots))

    def _form(self, event: Event, slot: str, short: float) -> str:
        forms = event.values[slot]
        return forms[-1] if self.random.random() < short else forms[0]

    def _asked(self, event: Event, lines: Sequence[_Line], count: int) -> list[Query]:
        frame, chance = event.frame, self.random
        sentences = [line.text for line in lines]
        told = {slot for line in lines if line.event is event for slot, _, _ in line.spots}
        known = [slot for slot in frame.questions if slot in told]
        unknown = [slot for slot in frame.questions if slot not in told]
        queries = []
        for slot in chance.sample(known, min(count, len(known))):
            spots = [
                Span(index, start, end)
                for index, line in enumerate(lines)
                for name, start, end in line.spots
                if line.event is event and name == slot
            ]
            kinds = frozenset({_kind(frame.slots[slot])})
            before = self._before(event, slot, known)
            queries.append(query(before + self._wording(event, slot, bool(before)), sentences, spots, kinds, chance))
        if count > 1 and unknown and chance.random() < 0.7:
            slot = chance.choice(unknown)
            wording = chance.choice(frame.questions[slot])
            if set(_SLOT.findall(wording)) & told:
                kinds = frozenset({_kind(frame.slots[slot])})
                queries.append(query(self._filled(event, wording), sentences, (), kinds, chance))
        if count > 1 and frame.absent and chance.random() < 0.75:
            wording = chance.choice(frame.absent)
            asked = self._filled(event, wording)
            queries.append(query(asked, sentences, (), frozenset(understand(asked).kinds), chance))
        return queries

    def _before(self, event: Event, slot: str, known: Sequence[str]) -> str:
        """Now and then the question asked before, as the reader is shown a follow-up that only it explains."""
        others = [other for other in known if other != slot]
        if not others or self.random.random() >= _FOLLOWING:
            return ""
        earlier = self._filled(event, self.random.choice(event.frame.questions[self.random.choice(others)]))
        return f"{earlier.rstrip('?. ')}? "

    def _wording(self, event: Event, slot: str, follows: bool = False) -> str:
        if follows:
            return self._filled(event, _leaning(self.random.choice(event.frame.questions[slot]), event, self.random))
        checks = event.frame.checks.get(slot, ())
        if checks and self.random.random() < 0.12:
            kind = event.frame.slots[slot]
            value = event.values[slot] if self.random.random() < 0.5 else Style(self.random).value(kind)
            wording = self.random.choice(checks).replace("{value}", value[0])
        else:
            wording = self.random.choice(event.frame.questions[slot])
        return self._filled(event, wording)

    def _filled(self, event: Event, wording: str) -> str:
        text = _SLOT.sub(lambda match: self._form(event, match[1], 0.5), wording)
        return sloppy(text, self.random)


def _leaning(wording: str, event: Event, random: Random) -> str:
    """`wording` with a pronoun for the first entity that it names."""
    slots = {slot: event.frame.slots[slot] for slot in _SLOT.findall(wording)}
    named = next((slot for slot, kind in slots.items() if kind in _PRONOUNS), None)
    if named is None:
        return wording
    subject, object_, possessive = random.choice(_PRONOUNS[slots[named]])
    text = regex.sub(rf"\{{{named}\}}['’]s?\b", possessive, wording)
    text = regex.sub(rf"\b(by|for|with|to|from|of|about|at|in|on|than) \{{{named}\}}", rf"\1 {object_}", text)
    text = text.replace(f"{{{named}}}", subject)
    return text[:1].upper() + text[1:]


def sloppy(question: str, random: Random) -> str:
    """`question` as people type: now and then in lower case, without its mark, with a letter wrong."""
    if random.random() < 0.15:
        question = question.lower()
    if random.random() < 0.15:
        question = question.rstrip("?")
    if random.random() < 0.1:
        question = _misspelt(question, random)
    return question


def _misspelt(text: str, random: Random) -> str:
    long = list(regex.finditer(r"\p{L}{5,}", text))
    if not long:
        return text
    word = random.choice(long)
    at = random.randrange(word.start() + 1, word.end() - 1)
    change = random.choice((text[at + 1] + text[at], text[at + 1], text[at] * 2 + text[at + 1]))
    return text[:at] + change + text[at + 2 :]


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    event: Event | None
    spots: tuple[tuple[str, int, int], ...]

    def joined(self, other: _Line) -> _Line:
        gap = len(self.text) + 1
        moved = tuple((slot, start + gap, end + gap) for slot, start, end in other.spots)
        return _Line(f"{self.text} {other.text}", self.event, self.spots + moved)


def _kind(kind: str) -> str:
    head = kind.partition(":")[0]
    return _KINDS.get(head, head)


def invented(count: int, random: Random, fillers: Sequence[str] = ()) -> Iterator[Group]:
    """`count` groups, every frame as often as another."""
    newsroom = Newsroom(random)
    known = frames()
    for i in range(count):
        group = newsroom.group(known[i % len(known)], fillers)
        if group.queries:
            yield group
