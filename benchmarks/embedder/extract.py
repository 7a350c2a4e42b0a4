"""Pairs to learn from, out of the source files of packages: what people wrote about code, and the code.

    python benchmarks/embedder/extract.py --packages DIR --into DIR [--without DIR …]

For each definition with a doc comment: the comment and the body without it; for one without: its name alone. For each
section of a document: its heading and its text. Sentences of documents and lines of change logs are kept as prose.
Files are parsed by Scholiast's own chunking, and words become terms as in its index. What has the body of a function
below a folder given by `--without` (checkouts and corpora that are measured on) is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from fetch import Package, archive_of, read_manifest
from packages import SourceFile, files

from scholiast_indexer.chunking.code import parsed
from scholiast_indexer.chunking.source import measure
from scholiast_indexer.languages import detect, extract
from scholiast_indexer.languages.outline import Definition
from scholiast_indexer.search.places import place_of
from scholiast_indexer.text import text_terms

SEED = 20261128
BODY_BYTES_MAX = 1500
"""About a chunk; the rest of a longer function is not looked at."""
DOC_CHARACTERS_MAX = 400
CODE_CHARACTERS_MAX = 500
"""Of a definition for the teacher, which reads no more than some 96 tokens of it."""
PAIRS_MAX = 6_000
NAMES_MAX = 1_500
PROSE_MAX = 3_000
BYTES_MAX = 15_000_000
"""Read of one package; large ones are read in random order."""
_BODY_TERMS_MIN = 6
_BEGINNING = 30
_DOCUMENTS = ("markdown", "rst", "text")
_DOCSTRING = re.compile(rb"\s*[rRuUbB]{0,2}(\"\"\"|''')(.*?)\1|\s*[rRuUbB]{0,2}(\"|')(.*?)\3", re.DOTALL)
_TAG = re.compile(
    r"^\s*(?:[@\\:]\w+|Args|Arguments|Parameters|Returns?|Raises|Examples?|Notes?|See Also|>>>|```|-{3,}|={3,}).*",
    re.MULTILINE,
)
_MARKUP = re.compile(r"<[^<>]{1,40}>|\{@\w+\s+([^}]*)\}|:\w+:`~?([^`]*)`|[`*]")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_LICENCE = re.compile(
    r"licen[sc]e|copyright|warrant|permission is hereby|redistribut|@generated|do not edit|eslint|todo|fixme", re.I
)


class Pair(msgspec.Struct, array_like=True):
    """One thing to learn: the first three say what it is, `doc` how people say it, the terms what is pooled."""

    language: str
    path: str
    name: str
    doc: str
    """The doc comment's first sentences as plain text, or a heading; empty where there is only a name."""
    doc_terms: str
    name_terms: str
    signature_terms: str
    body_terms: str
    code: str = ""
    """How the definition begins, its comment with it, as the teacher reads it."""


class Extracted(msgspec.Struct):
    """All of one package."""

    package: str
    use: str
    pairs: list[Pair]
    prose: list[str]


def plain(doc: str) -> str:
    """What a doc comment says before its tags, on one line."""
    text = _MARKUP.sub(lambda found: f" {found[1] or found[2] or ''} ", doc)
    tag = _TAG.search(text)
    text = " ".join((text[: tag.start()] if tag else text).split())
    if len(text) > DOC_CHARACTERS_MAX:
        text = text[:DOC_CHARACTERS_MAX].rsplit(" ", 1)[0]
    return text


def code_pairs(file: SourceFile, language: str) -> Iterator[Pair]:
    """A pair for each definition."""
    tree, _ = parsed(measure(file.data).data, language, 2.0)
    if tree is None:
        return
    for definition in extract.outline(tree, file.data, language).definitions:
        body = body_of(file.data, definition, language)
        terms = text_terms(body)
        if terms.count(" ") < _BODY_TERMS_MIN:
            continue
        doc = plain(definition.doc)
        doc_terms = text_terms(doc)
        if doc_terms.count(" ") < 2 or _LICENCE.search(doc) or not doc.isascii():
            doc = doc_terms = ""
        yield Pair(language, file.path, definition.path, doc, doc_terms, text_terms(definition.name),
                   text_terms(definition.signature), terms, code_of(file.data, definition, doc))  # fmt: skip


def code_of(data: bytes, definition: Definition, doc: str) -> str:
    """A definition's beginning as it is written, under its comment where that does not stand inside."""
    own = data[definition.start_byte : definition.end_byte][: CODE_CHARACTERS_MAX * 2].decode("utf-8", "replace")
    first = doc[:_BEGINNING]
    return (own if first in " ".join(own.split()) else f"{doc}\n{own}")[:CODE_CHARACTERS_MAX]


def body_of(data: bytes, definition: Definition, language: str) -> str:
    """A definition's body without its head and its docstring."""
    start = definition.body_byte if definition.body_byte < definition.end_byte else definition.start_byte
    if language == "python":
        docstring = _DOCSTRING.match(data, start, definition.end_byte)
        start = docstring.end() if docstring else start
    return data[start : min(definition.end_byte, start + BODY_BYTES_MAX)].decode("utf-8", "replace")


def document_parts(file: SourceFile) -> tuple[list[Pair], list[str]]:
    """Headings with their sections, and sentences."""
    text = file.data.decode("utf-8", "replace")
    pairs, prose, heading, lines = [], [], "", []
    fenced = False
    for line in [*text.splitlines(), "# "]:
        fenced ^= line.lstrip().startswith("```")
        marked = re.match(r"#{1,4}\s+(.*)", line) if not fenced else None
        if marked is None:
            lines.append(line)
            continue
        body = "\n".join(lines)[:BODY_BYTES_MAX]
        terms, heading_terms = text_terms(body), text_terms(heading)
        if heading_terms.count(" ") >= 1 and terms.count(" ") >= 12:
            pairs.append(Pair("markdown", file.path, heading, heading, heading_terms, heading_terms, "", terms))
        heading, lines = " ".join(_MARKUP.sub(" ", marked[1]).split())[:120], []
    for block in re.split(r"\n\s*\n|\n\s*[-*+]\s+|\n#+\s+", re.sub(r"```.*?```", "\n\n", text, flags=re.DOTALL)):
        for sentence in _SENTENCE.split(
            " ".join(_MARKUP.sub(" ", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", block)).split())
        ):
            if 4 <= sentence.count(" ") + 1 <= 40 and sentence.isascii() and not _LICENCE.search(sentence):
                letters = sum(map(str.isalpha, sentence))
                if letters > 0.7 * len(sentence):
                    prose.append(sentence)
    return pairs, prose


def body_hash(terms: str) -> bytes:
    """Names a body by its terms, for telling copies."""
    return hashlib.blake2b(terms.encode(), digest_size=8).digest()


def learn_from(package: Package, source: Iterable[SourceFile], left_out: frozenset[bytes]) -> Extracted:
    """Pairs and prose of one package, copies left out."""
    draw = random.Random(f"{SEED} {package.name}")
    known = [(file, detect(file.path, file.data[:4096])) for file in source if place_of(file.path) != "test"]
    draw.shuffle(known)
    found = Extracted(f"{package.registry}/{package.name}", package.use, [], [])
    seen: set[bytes] = set()
    documented = named = read = 0
    for file, language in known:
        if language in _DOCUMENTS and re.search(
            r"\.(md|markdown|rst|txt)$|METADATA$|README|CHANGE|NEWS|HISTORY", file.path, re.I
        ):
            pairs, prose = document_parts(file)
            found.pairs += pairs[: max(0, PAIRS_MAX // 9)]
            found.prose += prose
        elif (
            language not in (None, "text", "json", "yaml", "toml", "html", "css", "xml", "markdown", "rst")
            and read < BYTES_MAX
        ):
            read += len(file.data)
            for pair in code_pairs(file, language):
                digest = body_hash(pair.body_terms)
                if digest in seen or digest in left_out:
                    continue
                if pair.doc and documented < PAIRS_MAX:
                    documented += 1
                elif not pair.doc and named < NAMES_MAX:
                    named += 1
                else:
                    continue
                seen.add(digest)
                found.pairs.append(pair)
        elif file.path.endswith("METADATA"):
            found.prose += document_parts(file)[1]
    found.prose = draw.sample(sorted(set(found.prose)), min(PROSE_MAX, len(set(found.prose))))
    return found


def bodies_below(folder: Path) -> set[bytes]:
    """Hashes of all functions below a folder, and of those in corpora (`{"code": …}` a line) in it."""
    found = set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.stat().st_size > 8_000_000:
            continue
        if path.suffix == ".jsonl":
            rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
            sources = [SourceFile("code.py", row["code"].encode()) for row in rows if "code" in row]
        else:
            sources = [SourceFile(path.name, path.read_bytes())]
        for file in sources:
            language = detect(file.path, file.data[:4096])
            if language is not None and language not in _DOCUMENTS:
                found |= {body_hash(pair.body_terms) for pair in code_pairs(file, language)}
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--without", type=Path, action="append", default=[])
    parser.add_argument("--backwards", action="store_true", help="for a second process beside the first")
    arguments = parser.parse_args()
    arguments.into.mkdir(parents=True, exist_ok=True)
    cached = arguments.into / "left-out.bin"
    if not cached.exists():
        cached.write_bytes(b"".join(sorted(set().union(*map(bodies_below, arguments.without), set()))))
    packed = cached.read_bytes()
    left_out = frozenset(packed[at : at + 8] for at in range(0, len(packed), 8))
    counts: Counter[str] = Counter()
    packages = read_manifest()
    for package in reversed(packages) if arguments.backwards else packages:
        target = arguments.into / f"{package.folder.replace('/', '+')}.msgpack"
        archive = archive_of(package, arguments.packages)
        if archive is None or target.exists():
            continue
        started = time.process_time()
        found = learn_from(package, files(archive), left_out)
        target.write_bytes(msgspec.msgpack.encode(found))
        documented = sum(1 for pair in found.pairs if pair.doc)
        counts.update(pair.language for pair in found.pairs)
        print(f"{found.package:40} {documented:6} documented, {len(found.pairs) - documented:5} named, "
              f"{len(found.prose):5} sentences, {time.process_time() - started:.1f} s", flush=True)  # fmt: skip
    print(counts.most_common())
    return 0


if __name__ == "__main__":
    sys.exit(main())
