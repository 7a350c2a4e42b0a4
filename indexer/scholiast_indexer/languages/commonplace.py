"""Names that a language itself gives, left out of references because every file uses them; pure data."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_JVM = _words("String Object Integer Boolean Long Double Void Override Int Unit Any List Map")
_SCRIPT = _words("require string number boolean Promise Array Object String Number Boolean Record Error")

COMMONPLACE: dict[str, frozenset[str]] = {
    "python": _words("str int bool float bytes dict list set tuple object len isinstance super print range property"),
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "go": _words(
        "string bool byte rune error any int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 uintptr"
        " float32 float64 complex64 complex128 make len cap append new copy delete panic recover close"
    ),
    "rust": _words("Self Some Ok Err Option Result String Vec Box"),
    "java": _JVM,
    "kotlin": _JVM,
    "scala": _JVM,
    "csharp": _words("nameof String Object Task List"),
    "swift": _words("String Int Bool Double Float Void Any Self"),
    "c": _words("size_t ssize_t"),
    "cpp": _words("size_t ssize_t string move"),
    "ruby": _words("require require_relative new puts raise lambda proc attr_reader attr_writer attr_accessor"),
    "php": _words("self static parent define"),
    "bash": _words(
        "echo printf set shift return exit local export test read cd source eval exec trap unset true false cat rm"
    ),
    "lua": _words("require print type pairs ipairs setmetatable tostring tonumber error assert"),
    "haskell": _words("Int Integer String Bool Maybe Just Nothing True False IO Show Eq Ord Char"),
    "ocaml": _words("string int unit bool float list option char Some None"),
    "ocaml_interface": _words("string int unit bool float list option char"),
    "elixir": _words(
        "def defp defmodule defmacro defmacrop defstruct defimpl defprotocol defguard defguardp defdelegate"
        " defexception alias import require use if unless case cond for with quote unquote raise receive try"
        " doc spec type typep typedoc moduledoc impl callback behaviour t String"
    ),
    "julia": _words("Int Float64 String Bool Vector Array println print"),
}
"""By language. A call of `len` says nothing of a function; these are the ones seen in nearly every file."""
