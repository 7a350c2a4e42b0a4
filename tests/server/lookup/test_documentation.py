"""Drafted doc comments in each language's style: they name what stands in the code, in the right place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from scholiast_server.lookup import SymbolSource, documentation

Build = Callable[[Mapping[str, str]], SymbolSource]
CURSOR = "‸"

HELPERS = {
    "helpers.py": "def check_rule(rule): pass\ndef store(rule): pass\n",
    "helpers.ts": "export function checkRule(rule) {}\n",
    "helpers.go": "package a\nfunc checkRule(rule string) {}\n",
    "helpers.rs": "pub fn check_rule(rule: &str) {}\n",
    "Helpers.java": "class Helpers { static void checkRule(String rule) {} }\n",
    "helpers.cpp": "void check_rule(int rule) {}\n",
    "helpers.rb": "def check_rule(rule); end\n",
    "helpers.cs": "class Helpers { static void CheckRule(string rule) {} }\n",
}


def documented(build: Build, path: str, text: str) -> str | None:
    """The file with the draft in its place."""
    before, _, after = text.partition(CURSOR)
    plain = before + after
    found = documentation(build({**HELPERS, path: plain}), path, before.count("\n"))
    if found is None:
        return None
    lines = plain.splitlines(keepends=True)
    return "".join(lines[: found.line]) + found.text + "".join(lines[found.line :])


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        (
            "a.py",
            "class App:\n    @decorated\n    def rou‸te(self, rule: str, *, many=None, **options) -> bool:\n"
            "        check_rule(rule)\n        if not rule:\n            raise ValueError('empty')\n"
            "        return len(x)\n",
            "class App:\n    @decorated\n    def route(self, rule: str, *, many=None, **options) -> bool:\n"
            '        """Calls `check_rule`.\n\n        Args:\n            rule: `str`.\n'
            '            many: `None` by default.\n'
            "            **options: As it is passed on.\n\n        Returns:\n            `bool`.\n\n        Raises:\n"
            '            ValueError\n        """\n'
            "        check_rule(rule)\n        if not rule:\n            raise ValueError('empty')\n"
            "        return len(x)\n",
        ),
        ("a.py", "def f(\n    a,\n    b=lambda: 1,\n):\n    sto‸re(a)\n",
         'def f(\n    a,\n    b=lambda: 1,\n):\n    """Calls `store`.\n\n    Args:\n        a: As it is passed on.\n'
         '        b: `lambda: 1` by default.\n    """\n    store(a)\n'),
        ("a.py", "class A‸(Base):\n  x = 1\n", 'class A(Base):\n  """Extends `Base`."""\n  x = 1\n'),
        ("a.py", "def f() -> in‸t:\r\n    pass\r\n", 'def f() -> int:\r\n    """Returns `int`."""\r\n    pass\r\n'),
        (
            "a.ts",
            "export class App {\n  @Get(\n    '/x'\n  )\n  rou‸te(rule: string, n = 3, { a, b }: P): boolean {\n"
            "    checkRule(rule);\n    throw new RangeError('x');\n  }\n}\n",
            "export class App {\n  /**\n   * Calls `checkRule`.\n   *\n   * @param rule\n"
            "   * @param n - `3` by default\n"
            "   * @returns `boolean`\n   * @throws RangeError\n   */\n  @Get(\n    '/x'\n  )\n"
            "  route(rule: string, n = 3, { a, b }: P): boolean {\n    checkRule(rule);\n"
            "    throw new RangeError('x');\n  }\n}\n",
        ),
        (
            "a.go",
            "package a\n\nfunc (s *Server) Rou‸te(a, b string) (int, error) {\n\tcheckRule(a)\n\treturn 1, nil\n}\n",
            "package a\n\n// Route calls checkRule. It returns (int, error).\n"
            "func (s *Server) Route(a, b string) (int, error) {\n\tcheckRule(a)\n\treturn 1, nil\n}\n",
        ),
        (
            "a.rs",
            "impl App {\n    #[inline]\n"
            "    pub fn rou‸te(&self, rule: &str) -> Result<u8, E> { check_rule(rule) }\n}\n",
            "impl App {\n    /// Calls `check_rule`.\n    /// Takes `rule`.\n    /// Returns `Result<u8, E>`.\n"
            "    #[inline]\n"
            "    pub fn route(&self, rule: &str) -> Result<u8, E> { check_rule(rule) }\n}\n",
        ),
        (
            "App.java",
            "class App {\n  @Override\n"
            "  public List<String> rou‸te(Map<String, Integer> rules, int... n) throws IOException {\n"
            "    checkRule(n);\n    throw new IOException();\n  }\n}\n",
            "class App {\n  /**\n   * Calls `checkRule`.\n   *\n   * @param rules\n   * @param n\n"
            "   * @return `List<String>`\n"
            "   * @throws IOException\n   */\n  @Override\n"
            "  public List<String> route(Map<String, Integer> rules, int... n) throws IOException {\n"
            "    checkRule(n);\n    throw new IOException();\n  }\n}\n",
        ),
        (
            "a.cpp",
            "#include <x>\n\nint App::rou‸te(const std::string& rule, int n) const {\n  check_rule(n);\n"
            "  return 1;\n}\n",
            "#include <x>\n\n/**\n * Calls `check_rule`.\n *\n * @param rule\n * @param n\n * @return `int`\n */\n"
            "int App::route(const std::string& rule, int n) const {\n  check_rule(n);\n  return 1;\n}\n",
        ),
        (
            "a.rb",
            "class App\n  def rou‸te(rule, many: 1)\n    check_rule(rule)\n    raise ArgumentError\n  end\nend\n",
            "class App\n  # Calls `check_rule`.\n  #\n  # @param rule\n  # @param many\n  # @raise [ArgumentError]\n"
            "  def route(rule, many: 1)\n    check_rule(rule)\n    raise ArgumentError\n  end\nend\n",
        ),
        (
            "A.cs",
            "class App {\n  public int Rou‸te(List<string> rules) {\n    CheckRule(1);\n    return 1;\n  }\n}\n",
            "class App {\n  /// <summary>Calls `CheckRule`.</summary>\n  /// <param name=\"rules\"></param>\n"
            "  /// <returns><c>int</c></returns>\n"
            "  public int Route(List<string> rules) {\n    CheckRule(1);\n    return 1;\n  }\n}\n",
        ),
        # nothing to say, or nowhere to say it
        ("a.py", "def f():\n    pa‸ss\n", None),
        ("a.py", "def f(a): retur‸n store(a)\n", None),
        ("a.py", 'def f(a):\n    """Done."""\n    sto‸re(a)\n', None),
        ("a.py", "x = ‸1\n", None),
        ("a.py", "‸\ndef f(a):\n    store(a)\n", None),
        ("a.ts", "class A { one(a) { checkR‸ule(a) } }\n", None),
        ("a.md", "# Headin‸g\ntext\n", None),
    ],
)  # fmt: skip
def test_a_definition_is_documented_from_its_text(build: Build, path: str, text: str, expected: str | None) -> None:
    assert documented(build, path, text) == expected


def test_a_file_that_is_not_indexed_has_no_definition(build: Build) -> None:
    assert documentation(build({}), "a.py", 0) is None


@pytest.mark.parametrize("value", ['"""', "'\\\\'", '"*/"'])
def test_a_default_can_not_end_the_comment(build: Build, value: str) -> None:
    python = documented(build, "a.py", f"def f(a={value!r}):\n    sto‸re(a)\n")
    assert python is not None
    compile(python, "a.py", "exec")
    script = documented(build, "a.ts", "function f(a = '*/') {\n  checkR‸ule(a);\n}\n")
    assert script is not None
    assert script.count("*/") == 2
