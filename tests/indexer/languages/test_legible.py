"""What a grammar can't read is written over, and each byte stays where it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scholiast_indexer.languages.legible import legible

PARTS = [
    *(b"struct a ", b"{\n", b"  FOO_BAR\n", b"  FOO_BAR\r\n", b"}", b";\n", b"// x\n", b"/* x */", b" enum ", b"\n"),
    *(b"): A", b"\n <T>", b"\n<\n", b"  open =", b"set ="),
    *(b"class A", b"<T>", b"@Inject ", b"@A(1)\n", b"internal\n", b"constructor(", b"val x: Int"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "parsed"),
    [
        (
            "typedef struct {\n    PyObject_HEAD\n    int x;\n} A;",
            "typedef struct {\n                 \n    int x;\n} A;",
        ),
        ("struct a {\n  int x;\n  // More.\n  REQ_FIELDS\n};", "struct a {\n  int x;\n  // More.\n            \n};"),
        ("struct a {\n  X_HEAD\n  X_TAIL\n};", "struct a {\n        \n        \n};"),
        ("class A : public B\n{\n    Q_OBJECT\n};", "class A : public B\n{\n            \n};"),
    ],
)
def test_fields_that_a_macro_stands_for_are_not_parsed(source: str, parsed: str) -> None:
    assert legible("cpp", source.encode()).decode() == parsed


@pytest.mark.parametrize(
    "source",
    [
        "enum a {\n  ONLY_ONE\n};",
        "enum struct a {\n  FIRST,\n  LAST_ONE\n};",
        "int a[] = {\n  FIRST_ONE\n};",
        "int a = b +\n  SOME_SIZE\n  ;",
        "#define A(x) \\\n  ONE_LINE; \\\n  LAST_LINE",
        "  STATIC_INLINE int a(void);",
        "call(\n  SOME_VALUE\n);",
    ],
)
def test_other_words_in_capitals_are_parsed(source: str) -> None:
    assert legible("c", source.encode()).decode() == source


@pytest.mark.parametrize("words", ["", "private ", "@Inject\n", "@Inject\n    internal ", "@A(B::class) @C "])
def test_a_constructor_stands_on_the_line_of_its_class(words: str) -> None:
    source = f"class A<T>\n  {words}constructor(\n  val x: T,\n) {{\n  fun f() = 1\n}}\n".encode()
    head, constructor, rest = source.partition(b"constructor")
    assert legible("kotlin", source) == head.replace(b"\n", b" ") + constructor + rest
    assert legible("java", source) == source


@pytest.mark.parametrize(
    ("statement", "parsed"),
    [
        ("open = isOpen", "_pen = isOpen"),
        ("final += 1", "_inal += 1"),
        ("internal.close()", "_nternal.close()"),
        ("set = set or bit", "_et = set or bit"),
        ("in1.skip(2)", "_n1.skip(2)"),
        ("open class A", "open class A"),
        ("get() = 1", "get() = 1"),
        ("set(value) { field = value }", "set(value) { field = value }"),
        ("private set", "private set"),
        ("by lazy { 1 }", "by lazy { 1 }"),
        ("override val x = 1", "override val x = 1"),
        ("internal constructor(a: B)", "internal constructor(a: B)"),
        ("val open = 1", "val open = 1"),
    ],
)
def test_a_statement_of_kotlin_may_begin_with_a_modifier_as_a_name(statement: str, parsed: str) -> None:
    assert legible("kotlin", f"fun f() {{\n    {statement}\n}}".encode()) == f"fun f() {{\n    {parsed}\n}}".encode()


@pytest.mark.parametrize("returned", ["Router<E>", "[A, B]", "{ a: B }", "void", "Router<E>  // as before"])
def test_a_signature_ends_before_the_type_parameters_of_the_next(returned: str) -> None:
    source = f"interface A {{\n  (a: B): {returned}\n  <C>(c: C): D\n}}\n".encode()
    assert legible("typescript", source) == source.replace(b"\n  <C>", b"\n ;<C>")
    assert legible("tsx", source) == source


@pytest.mark.parametrize(
    "source",
    [
        "type A = B extends\n  <C>() => C\n",
        "f = () =>\n  <A>a\n",
        "x = a\n  < b\n",
        "type A =\n  | B\n  <C>",
        "f(\n<A>a)",
    ],
)
def test_type_parameters_elsewhere_are_left(source: str) -> None:
    assert legible("typescript", source.encode()).decode() == source


@given(
    parts=st.lists(st.sampled_from(PARTS), max_size=40),
    language=st.sampled_from(["c", "cpp", "objc", "kotlin", "typescript"]),
)
def test_each_byte_stays_where_it_was(parts: list[bytes], language: str) -> None:
    source = b"".join(parts)
    parsed = legible(language, source)
    assert len(parsed) == len(source)
    assert all(one == other or other in b" ;_" for one, other in zip(source, parsed, strict=True))
