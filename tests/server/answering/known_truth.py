"""Answers of known truth, made from code of many languages: what is right, moved, wrong or made up in each is known
because it was put there. Run as a script it prints how well the checker tells them apart.

    python -m tests.server.answering.known_truth [FOLDER] [SEED]

What is true is decided by looking for letters in lines, and by what was done to them, never by the checker's own means.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from scholiast_indexer.chunking import chunk_file
from scholiast_indexer.languages import LANGUAGES, detect
from scholiast_server.answering.anchors import anchor_hash, source_lines
from scholiast_server.answering.citations import check_answer
from scholiast_server.models.protocol import Evidence

SAMPLES = Path(__file__).parents[2] / "indexer" / "languages" / "samples"
PIECE_LINES = range(3, 41)
PIECES_OF_A_FILE = 12
_IDENTIFIER = re.compile(r"(?<![\w$])[A-Za-z_]\w{3,}(?![\w$])")
_CALL = re.compile(r"(?<![\w$.>:])([a-z_]\w{3,})\(")
_COMMENT = re.compile(r"\s*(?:#|//|/\*|\*|--|;|%|\"\"\"|'''|\(\*|<!--|@)")
_KEYWORDS = (
    "self",
    "Self",
    "this",
    "return",
    "func",
    "function",
    "class",
    "None",
    "True",
    "False",
    "null",
    "true",
    "false",
)
_INVENTED = ("flush", "retry", "legacy", "cached", "remote", "shadow", "vault", "quota", "mirror", "ledger")


class Piece(msgspec.Struct, frozen=True):
    """A definition in a file."""

    path: str
    symbol: str
    kind: str
    language: str
    start_line: int
    lines: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.symbol.rpartition(".")[2]

    @property
    def end_line(self) -> int:
        return self.start_line + len(self.lines) - 1

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def evidence(self, n: int, shift: int = 0) -> Evidence:
        """As a model was given it, as if it stood so many lines further down."""
        start, end = self.start_line + shift, self.end_line + shift
        return Evidence(
            n, self.path, start, end, self.language, self.kind, self.symbol, "", "", self.text,
            anchor_hash(self.lines), 1.0,
        )  # fmt: skip


Truth = Literal["right", "moved", "unsupported"]


class Case(msgspec.Struct, frozen=True):
    """One sentence, what it was written from, the files as they are now, and whether it holds."""

    kind: str
    text: str
    evidence: tuple[Evidence, ...]
    files: Mapping[str, bytes]
    truth: Truth


class Found(msgspec.Struct, frozen=True):
    """A case and what the checker said of it."""

    case: Case
    status: str
    reason: str


def judged(case: Case) -> Found:
    """What the checker says: of a sentence that it takes apart, the worst."""
    sentences = check_answer(case.text, case.evidence, case.files.get).sentences
    order = ("unsupported", "uncited", "moved", "verified")
    worst = min(sentences, key=lambda sentence: order.index(sentence.status))
    return Found(case, worst.status, worst.reason)


def rates(found: Sequence[Found]) -> tuple[float, float]:
    """Precision and recall of `unsupported`."""
    told = [one for one in found if one.status == "unsupported"]
    wrong = [one for one in found if one.case.truth == "unsupported"]
    right = sum(one.case.truth == "unsupported" for one in told)
    return right / max(1, len(told)), right / max(1, len(wrong))


def table(found: Sequence[Found]) -> str:
    """Each kind with what was said of it, and the rates."""
    rows = [f"{'kind':<34} {'truth':<12} {'cases':>5}  said"]
    for kind, truth in dict.fromkeys((one.case.kind, one.case.truth) for one in found):
        said = Counter(one.status for one in found if one.case.kind == kind)
        counted = ", ".join(f"{status} {count}" for status, count in said.most_common())
        rows.append(f"{kind:<34} {truth:<12} {sum(said.values()):>5}  {counted}")
    precision, recall = rates(found)
    return "\n".join([*rows, f"{len(found)} cases: unsupported has precision {precision:.3f}, recall {recall:.3f}"])


# -- code -----------------------------------------------------------------------------------------------------------


def samples() -> dict[str, bytes]:
    """The samples of all languages of code, each as a file of a project."""
    files = [path for path in sorted(SAMPLES.iterdir()) if not path.name.endswith(".json")]
    return {f"src/{path.stem}/{path.name}": path.read_bytes() for path in files}


def folder(root: Path, files_max: int = 400) -> dict[str, bytes]:
    """Code of a folder."""
    found = [path for path in sorted(root.rglob("*")) if path.is_file() and detect(path.name) in LANGUAGES]
    found = [path for path in found if ".git" not in path.parts and path.stat().st_size < 200_000]
    random.Random(0).shuffle(found)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found[:files_max]}


def pieces_of(files: Mapping[str, bytes]) -> list[Piece]:
    """Definitions of some lines with a name of their own, in files whose text is plain."""
    found: list[Piece] = []
    for path, data in files.items():
        language = detect(path, data[:4096])
        chunked = chunk_file(data, language)
        lines = source_lines(data)
        here = [
            Piece(
                path, symbol.path, symbol.kind, language or "text", symbol.start_line + 1,
                tuple(lines[symbol.start_line : symbol.end_line]),
            )
            for symbol in chunked.symbols
            if symbol.kind in {"function", "method", "class", "struct", "interface", "trait", "enum"}
            and symbol.end_line - symbol.start_line in PIECE_LINES
            and _IDENTIFIER.fullmatch(symbol.name)
            and symbol.name in "\n".join(lines[symbol.start_line : symbol.end_line])
        ]  # fmt: skip
        found += here[:PIECES_OF_A_FILE]
    return [piece for piece in found if len(set(_IDENTIFIER.findall(piece.text))) >= 4]


# -- cases ----------------------------------------------------------------------------------------------------------


class Maker:
    """Makes cases of each kind from the same code and the same chance."""

    def __init__(self, files: Mapping[str, bytes], seed: int) -> None:
        self.files = dict(files)
        self.chance = random.Random(seed)
        self.pieces = pieces_of(files)
        self.known = set(_IDENTIFIER.findall("\n".join(data.decode("utf-8", "replace") for data in files.values())))

    def cases(self, count: int) -> list[Case]:
        """So many cases, of all kinds in turn."""
        made: list[Case] = []
        makers = [*RIGHT, *MOVED, *WRONG]
        turns = 0
        while len(made) < count and turns < 50 * count:
            case = makers[turns % len(makers)](self)
            turns += 1
            if case is not None:
                made.append(case)
        return made

    # what cases are made of

    def piece(self) -> Piece:
        return self.chance.choice(self.pieces)

    def others(self, piece: Piece) -> list[Piece]:
        """Definitions that share no line with it."""
        return [
            other for other in self.pieces
            if other.path != piece.path or other.end_line < piece.start_line or piece.end_line < other.start_line
        ]  # fmt: skip

    def given(self, piece: Piece, shift: int = 0) -> tuple[tuple[Evidence, ...], int]:
        """The piece among others, and its number."""
        around = self.chance.sample(self.others(piece), k=min(3, len(self.others(piece))))
        place = self.chance.randrange(len(around) + 1)
        all_pieces = [*around[:place], piece, *around[place:]]
        numbered = [one.evidence(n, shift if one is piece else 0) for n, one in enumerate(all_pieces, start=1)]
        return tuple(numbered), place + 1

    def case(self, kind: str, truth: Truth, text: str, piece: Piece, **more: object) -> Case:
        """A sentence about a piece, which it cites where the text has `{n}`."""
        shift = more.pop("shift", 0)
        assert isinstance(shift, int)
        evidence, n = self.given(piece, shift)
        case = Case(kind, text.replace("{n}", str(n)), evidence, self.files, truth)
        return msgspec.structs.replace(case, **more)

    def identifier(self, piece: Piece) -> str:
        """A name that its lines hold."""
        found = sorted({name for name in _IDENTIFIER.findall(piece.text) if name not in {piece.name, *_KEYWORDS}})
        return self.chance.choice(found) if found else piece.name

    def line(self, piece: Piece) -> str | None:
        """A line of its code."""
        found = [
            line.strip() for line in piece.lines[1:]
            if 10 <= len(line.strip()) <= 90 and "`" not in line and not _COMMENT.match(line)
            and _IDENTIFIER.search(line) and re.search(r"[(=.]", line)
        ]  # fmt: skip
        return self.chance.choice(found) if found else None

    def invented(self, like: str) -> str:
        """A name that is nowhere, made like a real one."""
        word = self.chance.choice(_INVENTED)
        if "_" in like:
            head, _, _ = like.rstrip("_").rpartition("_")
            name = f"{head or like}_{word}"
        elif re.search(r"[a-z][A-Z]", like) or like[:1].isupper():
            name = like + word.capitalize()
        else:
            name = f"{like}_{word}"
        return name if name not in self.known else name + "_twice"

    def sentence(self, name: str, cite: str) -> str:
        """Something that is said of a name."""
        return self.chance.choice(SAYINGS).format(name=name, cite=cite)


SAYINGS = (
    "`{name}` does the work here {cite}.",
    "The work is done by `{name}` {cite}.",
    "This is what `{name}` is for. {cite}",
    "In short, `{name}()` is called first {cite}, and the rest follows from it.",
    "- **`{name}`**: takes part in it {cite}",
    "It goes through `{name}` before anything else happens {cite}.",
    "Note that `{name}` is used as well, e.g. when it is needed {cite}.",
)
Make = Callable[[Maker], "Case | None"]


def _named(maker: Maker) -> Case:
    piece = maker.piece()
    return maker.case("names the definition", "right", maker.sentence(piece.name, "[{n}]"), piece)


def _qualified(maker: Maker) -> Case:
    piece = maker.piece()
    return maker.case("names it with its class", "right", maker.sentence(piece.symbol, "[{n}]"), piece)


def _inner(maker: Maker) -> Case:
    piece = maker.piece()
    text = f"`{piece.name}` uses `{maker.identifier(piece)}` and `{maker.identifier(piece)}` [{{n}}]."
    return maker.case("names what stands in it", "right", text, piece)


def _bare(maker: Maker) -> Case | None:
    piece = maker.piece()
    name = next((name for name in _IDENTIFIER.findall(piece.text) if re.search(r"[a-z]_[a-z]|[a-z][A-Z]", name)), None)
    return (
        None if name is None else maker.case("names it without backticks", "right", f"It calls {name} [{{n}}].", piece)
    )


def _quoted(maker: Maker) -> Case | None:
    piece = maker.piece()
    line = maker.line(piece)
    return None if line is None else maker.case("quotes a line", "right", f"The line `{line}` does it [{{n}}].", piece)


def _block(maker: Maker) -> Case | None:
    piece = maker.piece()
    if "```" in piece.text:
        return None
    start = maker.chance.randrange(len(piece.lines) - 1)
    block = "\n".join(piece.lines[start : start + 4])
    return maker.case("quotes a block", "right", f"It reads [{{n}}]:\n\n```{piece.language}\n{block}\n```\n", piece)


def _placed(maker: Maker) -> Case:
    piece = maker.piece()
    text = f"`{piece.name}` (`{piece.path}`, lines {piece.start_line}-{piece.end_line}) does it [{{n}}]."
    return maker.case("names file and lines", "right", text, piece)


def _listed(maker: Maker) -> Case:
    piece = maker.piece()
    text = f"`{piece.name}` takes these steps [{{n}}]:\n\n- it reads `{maker.identifier(piece)}`\n- then it ends."
    return maker.case("a list under a citation", "right", text, piece)


def _both(maker: Maker) -> Case:
    piece = maker.piece()
    other = maker.chance.choice(maker.others(piece))
    evidence = (piece.evidence(1), other.evidence(2))
    text = f"`{piece.name}` comes before `{other.symbol}` [1][2]."
    return Case("names two, cites two", text, evidence, maker.files, "right")


def _in_words(maker: Maker) -> Case:
    piece = maker.piece()
    names = dict.fromkeys(maker.identifier(piece).lower() for _ in range(3))
    words = " and ".join(name for name in names if "_" not in name) or piece.name.lower().replace("_", " ")
    return maker.case("in words alone", "right", f"The {words} are taken care of at this place [{{n}}].", piece)


def _shifted(maker: Maker) -> Case:
    piece = maker.piece()
    count = maker.chance.randrange(1, 30)
    files = {**maker.files, piece.path: b"\n" * count + maker.files[piece.path]}
    return maker.case("lines moved down", "moved", maker.sentence(piece.name, "[{n}]"), piece, files=files)


def _off_by_lines(maker: Maker) -> Case:
    piece = maker.piece()
    shift = maker.chance.choice([1, 2, 3, 7])
    return maker.case("read at other lines", "moved", maker.sentence(piece.name, "[{n}]"), piece, shift=shift)


def _wrong_piece(maker: Maker) -> Case | None:
    piece = maker.piece()
    near = [other for other in maker.others(piece) if other.path == piece.path] or maker.others(piece)
    other = maker.chance.choice(near)
    if _mentions(other, piece.name):
        return None
    return maker.case("cites the definition beside it", "unsupported", maker.sentence(piece.name, "[{n}]"), other)


def _wrong_file(maker: Maker) -> Case | None:
    piece = maker.piece()
    other = maker.chance.choice([path for path in maker.files if path != piece.path and detect(path) is not None])
    if other in piece.text or Path(other).name == Path(piece.path).name:
        return None
    return maker.case("names another file", "unsupported", f"`{piece.name}` in `{other}` does it [{{n}}].", piece)


def _wrong_lines(maker: Maker) -> Case:
    piece = maker.piece()
    start = piece.end_line + maker.chance.randrange(1, 40)
    text = f"`{piece.name}` does it in lines {start}-{start + 3} [{{n}}]."
    return maker.case("speaks of other lines", "unsupported", text, piece)


def _absent(maker: Maker) -> Case | None:
    piece = maker.piece()
    name = maker.identifier(maker.chance.choice(maker.others(piece)))
    if _mentions(piece, name):
        return None
    text = f"`{piece.name}` hands it to `{name}` [{{n}}]."
    return maker.case("a name from elsewhere", "unsupported", text, piece)


def _made_up(maker: Maker) -> Case:
    piece = maker.piece()
    name = maker.invented(maker.identifier(piece))
    return maker.case("a name that is nowhere", "unsupported", maker.sentence(name, "[{n}]"), piece)


def _made_up_bare(maker: Maker) -> Case:
    piece = maker.piece()
    name = maker.invented("".join(word.capitalize() for word in piece.name.split("_")))
    return maker.case("one without backticks", "unsupported", f"It raises {name} in that case [{{n}}].", piece)


def _made_up_member(maker: Maker) -> Case:
    piece = maker.piece()
    name = f"{piece.name}.{maker.invented('value')}"
    return maker.case("a member that is nowhere", "unsupported", maker.sentence(name, "[{n}]"), piece)


def _changed_line(maker: Maker) -> Case | None:
    piece = maker.piece()
    line = maker.line(piece)
    if line is None:
        return None
    name = maker.chance.choice(_IDENTIFIER.findall(line))
    changed = re.sub(rf"\b{name}\b", maker.invented(name), line, count=1)
    return maker.case("quotes a line with another name", "unsupported", f"The line `{changed}` does it [{{n}}].", piece)


def _turned_round(maker: Maker) -> Case | None:
    """Two words of a line change places."""
    piece = maker.piece()
    line = maker.line(piece)
    words = [] if line is None else list(dict.fromkeys(_IDENTIFIER.findall(line)))
    if line is None or len(words) < 2:
        return None
    first, second = words[0], words[-1]
    changed = re.sub(rf"\b(?:{first}|{second})\b", lambda found: second if found[0] == first else first, line)
    if _squeezed(changed) in _squeezed(piece.text):
        return None
    return maker.case("quotes a line turned round", "unsupported", f"`{changed}` does it [{{n}}].", piece)


def _changed_block(maker: Maker) -> Case | None:
    piece = maker.piece()
    line = maker.line(piece)
    if line is None or "```" in piece.text:
        return None
    changed = re.sub(r"[A-Za-z_]\w{3,}", lambda found: maker.invented(found[0]), line, count=1)
    text = f"It reads [{{n}}]:\n\n```{piece.language}\n{changed}\n```\n"
    return maker.case("quotes a block that is nowhere", "unsupported", text, piece)


def _forged(maker: Maker) -> Case:
    piece = maker.piece()
    return maker.case("a number that was not given", "unsupported", maker.sentence(piece.name, "[9]"), piece)


def _edited(maker: Maker) -> Case | None:
    piece = maker.piece()
    text = maker.files[piece.path].decode("utf-8", "replace")
    changed = text.replace(piece.lines[-2], f"{piece.lines[-2]} changed since").encode()
    if piece.lines[-2].strip() == "" or changed.decode() == text:
        return None
    files = {**maker.files, piece.path: changed}
    return maker.case(
        "lines that changed since", "unsupported", maker.sentence(piece.name, "[{n}]"), piece, files=files
    )


def _gone(maker: Maker) -> Case:
    piece = maker.piece()
    files = {path: data for path, data in maker.files.items() if path != piece.path}
    return maker.case("a file that is gone", "unsupported", maker.sentence(piece.name, "[{n}]"), piece, files=files)


def _uncited(maker: Maker) -> Case:
    piece = maker.piece()
    return maker.case("cites nothing", "unsupported", maker.sentence(piece.name, "").replace(" .", "."), piece)


def _in_other_words(maker: Maker) -> Case | None:
    piece = maker.piece()
    text = "Payments in foreign currencies are converted overnight by an accountant [{n}]."
    if any(_mentions(piece, word[:4]) for word in re.findall(r"\w{4,}", text)):
        return None
    return maker.case("words of another world", "unsupported", text, piece)


RIGHT: tuple[Make, ...] = (
    _named, _qualified, _inner, _bare, _quoted, _block, _placed, _listed, _both, _in_words, _inner, _quoted,
)  # fmt: skip
MOVED: tuple[Make, ...] = (_shifted, _off_by_lines)
WRONG: tuple[Make, ...] = (
    _wrong_piece, _wrong_file, _wrong_lines, _absent, _made_up, _made_up_bare, _made_up_member, _changed_line,
    _turned_round, _changed_block, _forged, _edited, _gone, _uncited, _in_other_words,
)  # fmt: skip


def _mentions(piece: Piece, name: str) -> bool:
    return name.lower() in f"{piece.text}\n{piece.symbol}\n{piece.path}".lower()


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def main(arguments: Sequence[str]) -> Iterator[str]:
    """The table, and what the checker got wrong."""
    files = folder(Path(arguments[0])) if arguments else samples()
    seed = int(arguments[1]) if len(arguments) > 1 else 0
    found = [judged(case) for case in Maker(files, seed).cases(2_000 if arguments else 400)]
    for one in found:
        if (one.status == "unsupported") != (one.case.truth == "unsupported"):
            yield f"WRONG {one.case.kind}: {one.status} ({one.reason})\n    {one.case.text!r}"
    yield table(found)


if __name__ == "__main__":
    for line in main(sys.argv[1:]):
        print(line)
