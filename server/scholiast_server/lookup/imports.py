"""What the import lines of a file bring in, read by patterns; must not know indexes or how modules are found."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec


class Imports(msgspec.Struct, frozen=True):
    """Names that a file gets from elsewhere."""

    names: dict[str, tuple[str, str]]
    """Local name → its name where it is defined, and the module it comes from, as written."""
    modules: dict[str, str]
    """Local name of a whole module → the module, as written."""
    has_wildcard: bool
    """Some module gives all its names."""

    def of(self, name: str) -> tuple[str, str] | None:
        """Where a name comes from, by what it is called here, or where it is defined (`name as other`)."""
        known = self.names.get(name)
        return known or next((found for found in self.names.values() if found[0] == name), None)


NONE = Imports({}, {}, False)

_PYTHON_FROM = re.compile(
    r"^[ \t]*from[ \t]+(?P<module>\.*[\w.]*)[ \t]+import[ \t]+(?:\((?P<many>[^()]*)\)|(?P<names>[^\n#;]+))", re.M
)
_PYTHON_IMPORT = re.compile(r"^[ \t]*import[ \t]+(?P<modules>[^\n#;]+)", re.M)
_SCRIPT_FROM = re.compile(
    r"""\b(?:import|export)\s+(?:type\s+)?(?P<names>[\w$*{},\s]{1,4000}?)\s*\bfrom\s*["'](?P<module>[^"'\n]+)["']"""
)
_SCRIPT_REQUIRE = re.compile(
    r"\b(?:const|let|var)\s+(?P<names>\{[^{}]{0,2000}\}|[\w$]+)\s*=\s*(?:await\s+)?"
    r"""(?:require|import)\s*\(\s*["'](?P<module>[^"'\n]+)["']"""
)
_GO_BLOCK = re.compile(r"^import\s*\((?P<lines>[^)]*)\)", re.M)
_GO_LINE = re.compile(r"""^(?:import)?[ \t]*(?:(?P<alias>[\w.]+)[ \t]+)?["`](?P<module>[^"`\n]+)["`]""", re.M)
_RUST_USE = re.compile(r"^[ \t]*(?:pub(?:\([^)]*\))?[ \t]+)?use[ \t]+(?P<tree>[^;]{1,4000});", re.M)
_RUST_LEAF = re.compile(r"(?P<name>\w+)(?:\s+as\s+(?P<alias>\w+))?(?=\s*(?:[,}]|$))")
_DOTTED = re.compile(
    r"^[ \t]*(?:import|using|use)[ \t]+(?:static[ \t]+|function[ \t]+|const[ \t]+)?(?P<module>[\w.\\]+?)[.\\]"
    r"(?P<name>\w+|\*|_)(?:[ \t]+as[ \t]+(?P<alias>\w+))?[ \t]*;?[ \t]*$",
    re.M,
)
_ALIASED = re.compile(r"^\s*(?:type\s+)?(?P<name>[\w$]+)(?:\s*(?:\bas\b|:)\s*(?P<alias>[\w$]+))?")


@lru_cache(maxsize=32)
def imports_of(text: str, language: str) -> Imports:
    """The names that the text imports; none for languages that name nothing when they include."""
    read = _READERS.get(language)
    return read(text) if read else NONE


def last_part(module: str) -> str:
    """What a module is called: `b` of `a.b`, `../a/b`, `a/b.js`, `a::b`; empty for `.` and `..`."""
    parts = [part for part in re.split(r"[./\\:]+", re.sub(r"\.(?:[mc]?[jt]sx?|vue|svelte)$", "", module)) if part]
    return parts[-1] if parts else ""


def _python(text: str) -> Imports:
    names: dict[str, tuple[str, str]] = {}
    modules: dict[str, str] = {}
    wildcard = False
    for match in _PYTHON_FROM.finditer(text):
        listed = re.sub(r"#[^\n]*", "", match["many"] or match["names"])
        wildcard |= "*" in listed
        _add_names(names, listed.split(","), match["module"])
    for match in _PYTHON_IMPORT.finditer(text):
        for part in match["modules"].split(","):
            module, _, alias = (piece.strip() for piece in part.partition(" as "))
            if alias:
                modules[alias] = module
            elif module:
                modules.update(dict.fromkeys(module.split("."), module))
    return Imports(names, modules, wildcard)


def _script(text: str) -> Imports:
    names: dict[str, tuple[str, str]] = {}
    modules: dict[str, str] = {}
    for match in _SCRIPT_FROM.finditer(text):
        bare = re.sub(r"\{[^{}]*\}", "", match["names"])
        for part in bare.split(","):
            words = part.split()
            if words[:2] == ["*", "as"] and len(words) == 3:
                modules[words[2]] = match["module"]
            elif len(words) == 1 and words[0] != "*":
                names[words[0]] = (words[0], match["module"])
        for inside in re.findall(r"\{([^{}]*)\}", match["names"]):
            _add_names(names, inside.split(","), match["module"])
    for match in _SCRIPT_REQUIRE.finditer(text):
        if match["names"].startswith("{"):
            _add_names(names, match["names"].strip("{}").split(","), match["module"])
        else:
            modules[match["names"]] = match["module"]
            names[match["names"]] = (match["names"], match["module"])
    return Imports(names, modules, False)


def _go(text: str) -> Imports:
    modules: dict[str, str] = {}
    blocks = [match["lines"] for match in _GO_BLOCK.finditer(text)]
    single = re.findall(r"^import[ \t]+[^\n(]+", text, re.M)
    wildcard = False
    for line in "\n".join((*blocks, *single)).split("\n"):
        if match := _GO_LINE.match(line.strip()):
            module = re.sub(r"/v\d+$", "", match["module"])
            wildcard |= match["alias"] == "."
            modules[match["alias"] or last_part(module.rpartition("/")[2])] = module
    return Imports({}, modules, wildcard)


def _rust(text: str) -> Imports:
    names: dict[str, tuple[str, str]] = {}
    wildcard = False
    for match in _RUST_USE.finditer(text):
        tree = " ".join(match["tree"].split())
        module = re.split(r"::(?=\{|\*|\w+(?: as \w+)?$)", tree)[0]
        wildcard |= "*" in tree
        for leaf in _RUST_LEAF.finditer(tree):
            names[leaf["alias"] or leaf["name"]] = (leaf["name"], module)
    return Imports(names, {}, wildcard)


def _dotted(text: str) -> Imports:
    names: dict[str, tuple[str, str]] = {}
    wildcard = False
    for match in _DOTTED.finditer(text):
        if match["name"] in {"*", "_"}:
            wildcard = True
        else:
            names[match["alias"] or match["name"]] = (match["name"], match["module"])
    return Imports(names, {}, wildcard)


def _add_names(names: dict[str, tuple[str, str]], parts: list[str], module: str) -> None:
    for part in parts:
        if match := _ALIASED.match(part):
            names[match["alias"] or match["name"]] = (match["name"], module)


_READERS = {
    "python": _python,
    **dict.fromkeys(("javascript", "typescript", "tsx", "vue", "svelte"), _script),
    "go": _go,
    "rust": _rust,
    **dict.fromkeys(("java", "kotlin", "scala", "csharp", "php"), _dotted),
}
