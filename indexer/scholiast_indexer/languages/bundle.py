"""The long tail of grammars, taken from tree-sitter-languages' shared library; must not import its Python code.

That code calls an interface which tree-sitter dropped in 0.22. The library itself holds plain C grammars of
ABI 13 and 14, which tree-sitter 0.25 and 0.26 accept through a capsule.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
from functools import lru_cache
from pathlib import Path

PACKAGE = "tree-sitter-languages"

_CAPSULE_NAME = b"tree_sitter.Language"  # the capsule keeps a pointer to it, so it lives as long as the module
_DENIED = frozenset({"lua"})  # mis-lexes every number and keyword: `function f() return 1 end` is an error


class MissingGrammarError(Exception):
    """The grammar is not to be had here; the message says why."""


def grammar(name: str) -> object:
    """A capsule for `tree_sitter.Language` around the bundled grammar `name`.

    Raises:
        MissingGrammarError: The library is not installed, can't be loaded, or has no good grammar of this name.
    """
    if name in _DENIED:
        raise MissingGrammarError(f"the {name} grammar of {PACKAGE} is broken")
    try:
        function = getattr(_library(), "tree_sitter_" + name)
    except AttributeError:
        raise MissingGrammarError(f"{PACKAGE} has no grammar named {name}") from None
    function.restype, function.argtypes = ctypes.c_void_p, ()
    new_capsule = ctypes.pythonapi.PyCapsule_New
    new_capsule.restype = ctypes.py_object
    new_capsule.argtypes = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
    capsule: object = new_capsule(function(), _CAPSULE_NAME, None)
    return capsule


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    path = _library_path()
    try:
        return ctypes.CDLL(os.fspath(path))
    except OSError as error:
        raise MissingGrammarError(f"{path} can't be loaded: {error}") from error


def _library_path() -> Path:
    spec = importlib.util.find_spec("tree_sitter_languages")
    folders = (spec.submodule_search_locations or ()) if spec else ()
    for folder in folders:
        for path in Path(folder).glob("languages.*"):
            if path.suffix in (".so", ".dll", ".dylib"):
                return path
    raise MissingGrammarError(f"{PACKAGE} is not installed (it has no wheel for Python 3.13 and up)")
