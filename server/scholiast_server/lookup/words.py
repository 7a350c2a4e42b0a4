"""Words that a language itself gives: keywords, and members of its own types; pure data."""

from __future__ import annotations

import keyword

from scholiast_indexer.languages.commonplace import COMMONPLACE
from scholiast_server.models.sentences import word_set

_C = word_set(
    "auto break case char const continue default do double else enum extern float for goto if inline"
    " int long register restrict return short signed sizeof static struct switch typedef union"
    " unsigned void volatile while NULL bool true false"
)
_SCRIPT = word_set(
    "async await break case catch class const continue debugger default delete do else enum export"
    " extends false finally for from function get if implements import in instanceof interface let new"
    " null of package private protected public return set static super switch this throw true try"
    " typeof undefined var void while with yield NaN"
)
_TYPED_SCRIPT = _SCRIPT | word_set(
    "abstract any as asserts bigint boolean declare infer is keyof namespace never number object"
    " override readonly satisfies string symbol type unique unknown"
)
_JAVA = word_set(
    "abstract assert boolean break byte case catch char class const continue default do double else"
    " enum extends final finally float for if implements import instanceof int interface long native"
    " new null package private protected public record return sealed short static strictfp super"
    " switch synchronized this throw throws transient true false try var void volatile while yield"
    " permits"
)

_KEYWORDS: dict[str, frozenset[str]] = {
    "python": frozenset(keyword.kwlist) | {"self", "cls"},
    "javascript": _SCRIPT,
    "typescript": _TYPED_SCRIPT,
    "tsx": _TYPED_SCRIPT,
    "vue": _TYPED_SCRIPT,
    "svelte": _TYPED_SCRIPT,
    "go": word_set(
        "break case chan const continue default defer else fallthrough for func go goto if import"
        " interface map package range return select struct switch type var nil true false iota"
    ),
    "rust": word_set(
        "as async await break const continue crate dyn else enum extern false fn for if impl in let"
        " loop match mod move mut pub ref return self Self static struct super trait true type unsafe"
        " use where while bool char str i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize f32 f64"
    ),
    "java": _JAVA,
    "c": _C,
    "cpp": _C | word_set(
        "alignas alignof and asm catch class concept consteval constexpr constinit co_await co_return"
        " co_yield decltype delete explicit export final friend mutable namespace new noexcept not"
        " nullptr operator or override private protected public requires static_assert static_cast"
        " dynamic_cast reinterpret_cast const_cast template this throw try typeid typename using"
        " virtual wchar_t xor"
    ),
    "objc": _C | word_set("id instancetype nil self super YES NO BOOL nonatomic strong weak copy assign"),
    "csharp": _JAVA | word_set(
        "as base bool checked decimal delegate event explicit extern fixed foreach get goto implicit"
        " in init internal is lock namespace nameof object operator out override params partial"
        " readonly ref sbyte set sizeof stackalloc string struct typeof uint ulong unchecked unsafe"
        " ushort using value virtual when where with async await"
    ),
    "ruby": word_set(
        "alias and begin break case class def defined? do else elsif end ensure false for if in"
        " module next nil not or redo rescue retry return self super then true undef unless until when"
        " while yield BEGIN END __FILE__ __LINE__"
    ),
    "php": word_set(
        "abstract and array as break callable case catch class clone const continue declare default"
        " do echo else elseif empty enum extends final finally fn for foreach function global goto if"
        " implements include include_once instanceof insteadof interface isset list match namespace"
        " new null or parent print private protected public readonly require require_once return self"
        " static switch throw trait true false try unset use var while xor yield int float string bool"
        " void mixed never"
    ),
    "kotlin": _JAVA | word_set(
        "as by companion constructor data fun get in init inline internal is it object open out"
        " override reified set suspend typealias val vararg when where Unit"
    ),
    "scala": _JAVA | word_set("def given implicit lazy match object override then trait type using val with"),
    "swift": word_set(
        "actor any as associatedtype async await break case catch class continue default defer deinit"
        " do else enum extension fallthrough false fileprivate final for func get guard if import in"
        " init inout internal is lazy let mutating nil open operator override private protocol public"
        " repeat rethrows return self Self set some static struct subscript super switch throw throws"
        " true try typealias var weak where while"
    ),
    "bash": word_set("case do done elif else esac fi for function if in select then time until while"),
    "lua": word_set(
        "and break do else elseif end false for function goto if in local nil not or repeat return"
        " then true until while self"
    ),
    "elixir": word_set("after and catch do else end false fn in nil not or rescue true when"),
    "haskell": word_set(
        "case class data default deriving do else forall if import in infix infixl infixr instance"
        " let module newtype of qualified then type where"
    ),
    "zig": word_set(
        "and anytype break comptime const continue defer else enum error export extern false fn for"
        " if inline null or orelse pub return struct switch test true try undefined union unreachable"
        " var void while"
    ),
}  # fmt: skip

_SCRIPT_MEMBERS = word_set(
    "add apply at bind call catch charAt clear concat constructor delete endsWith entries every fill"
    " filter finally find findIndex flat flatMap forEach from get has includes indexOf join keys"
    " length log error warn map match matchAll next of parse pop push reduce repeat replace replaceAll"
    " resolve reject reverse set shift size slice some sort splice split startsWith stringify"
    " substring test then toLowerCase toString toUpperCase trim unshift valueOf values"
)
_JVM_MEMBERS = word_set(
    "add addAll append charAt clear close compareTo contains containsKey equals filter forEach format"
    " get getClass getName hashCode indexOf isEmpty iterator length map next hasNext put putAll remove"
    " replace size split stream substring toArray toString trim valueOf values"
)
_MEMBERS: dict[str, frozenset[str]] = {
    "python": frozenset(name for kind in (str, bytes, dict, list, set, int, float, Exception) for name in dir(kind))
    | {"read", "write", "close", "flush", "seek", "readline"},
    "javascript": _SCRIPT_MEMBERS,
    "typescript": _SCRIPT_MEMBERS,
    "tsx": _SCRIPT_MEMBERS,
    "vue": _SCRIPT_MEMBERS,
    "svelte": _SCRIPT_MEMBERS,
    "rust": word_set(
        "all and and_then any as_bytes as_mut as_ref as_str borrow clone cloned collect contains"
        " default drain entry err expect extend filter find first fmt from get get_mut insert into"
        " into_iter is_empty is_none is_ok is_some iter iter_mut join last len lock map map_err next"
        " ok ok_or or_else parse pop push push_str read remove split take to_owned to_string trim"
        " unwrap unwrap_or unwrap_or_default with_capacity write"
    ),
    "java": _JVM_MEMBERS,
    "kotlin": _JVM_MEMBERS,
    "scala": _JVM_MEMBERS,
    "go": word_set("Error String Close Read Write Len Lock Unlock Add Done Wait"),
    "csharp": word_set(
        "Add Contains ContainsKey Count Dispose Equals GetHashCode Length Remove Select ToList ToString Where"
    ),
    "cpp": word_set(
        "at back begin c_str clear count data emplace_back empty end erase find first front get"
        " insert length pop_back push_back reserve reset resize second size str substr"
    ),
    "ruby": word_set(
        "call class each each_with_index empty? first freeze gsub include? inspect is_a? join key?"
        " keys last length map merge nil? push respond_to? select send size split strip sub to_a to_s"
        " to_sym values"
    ),
}  # fmt: skip


def is_keyword(word: str, language: str) -> bool:
    """Whether the language gives the word a meaning of its own."""
    return word in _KEYWORDS.get(language, frozenset())


def is_commonplace(word: str, language: str) -> bool:
    """Whether it names what the language brings along: `len`, `String`."""
    return word in COMMONPLACE.get(language, frozenset())


def is_builtin_member(word: str, language: str) -> bool:
    """Whether strings, lists and the like have a member with that name, so that the name alone tells nothing."""
    return word in _MEMBERS.get(language, frozenset())
