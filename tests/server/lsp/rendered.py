"""What a renderer of Markdown makes of a text: for tests of what must not become a link."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_INERT = {
    "paragraph", "heading", "text", "inline", "code_inline", "code_block", "fence", "softbreak", "hardbreak", "link",
    "bullet_list", "ordered_list", "list_item", "hr", "blockquote", "em", "strong", "text_special",
}  # fmt: skip


class _Renderer(MarkdownIt):
    """Follows links of any kind, bare ones too."""

    def validateLink(self, url: str) -> bool:  # noqa: N802  (the library's name)
        return True


def targets(text: str) -> list[str]:
    """Where its links go. Fails where it holds HTML, an image, or anything else that acts."""
    parser = _Renderer("commonmark").enable(["table", "strikethrough"])
    tokens = [*_flat(parser.parse(text))]
    kinds = {token.type.removesuffix("_open").removesuffix("_close") for token in tokens}
    assert kinds <= _INERT, (kinds - _INERT, text)
    return [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])
