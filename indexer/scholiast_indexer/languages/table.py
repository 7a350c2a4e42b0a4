"""The one table of languages: file names, shebangs, grammars, comment marks; must not read files or load grammars."""

from __future__ import annotations

import msgspec


class Language(msgspec.Struct, frozen=True):
    """One language. A row without `wheel` and `bundled` has no grammar: its files are cut by lines."""

    name: str
    extensions: tuple[str, ...] = ()
    """Lower case, with the dot. A longer one wins over a shorter: `.html.erb` over `.erb`."""
    filenames: tuple[str, ...] = ()
    """Exact base names, as they are written."""
    interpreters: tuple[str, ...] = ()
    """Programs named by a shebang, without version: `python` for `python3.12`."""
    comment: str = ""
    """What a line comment begins with; empty when the language has none."""
    wheel: str = ""
    """`module:function` of the official grammar wheel."""
    bundled: str = ""
    """Name of the grammar in tree-sitter-languages' shared library, without `tree_sitter_`."""


def _row(  # the table below reads best with words in strings
    name: str,
    extensions: str = "",
    *,
    files: str = "",
    run: str = "",
    comment: str = "",
    wheel: str = "",
    bundled: str = "",
) -> Language:
    return Language(
        name=name,
        extensions=tuple("." + extension for extension in extensions.split()),
        filenames=tuple(files.split()),
        interpreters=tuple(run.split()),
        comment=comment,
        wheel=wheel,
        bundled=bundled,
    )


_MAIN = (
    _row("python", "py pyi pyw pyx pxd bzl", files="SConstruct SConscript wscript BUILD BUILD.bazel WORKSPACE Tiltfile",
         run="python pypy ipython", comment="#", wheel="tree_sitter_python:language", bundled="python"),
    _row("javascript", "js mjs cjs jsx es6 jsm", files="Jakefile", run="node nodejs deno bun", comment="//",
         wheel="tree_sitter_javascript:language", bundled="javascript"),
    _row("typescript", "ts mts cts", run="ts-node tsx", comment="//",
         wheel="tree_sitter_typescript:language_typescript", bundled="typescript"),
    _row("tsx", "tsx", comment="//", wheel="tree_sitter_typescript:language_tsx", bundled="tsx"),
    _row("go", "go", comment="//", wheel="tree_sitter_go:language", bundled="go"),
    _row("rust", "rs", run="rust-script", comment="//", wheel="tree_sitter_rust:language", bundled="rust"),
    _row("java", "java jav", comment="//", wheel="tree_sitter_java:language", bundled="java"),
    _row("c", "c h", comment="//", wheel="tree_sitter_c:language", bundled="c"),
    _row("cpp", "cc cpp cxx c++ hh hpp hxx h++ ipp tpp tcc inl ixx cppm cu cuh ino", comment="//",
         wheel="tree_sitter_cpp:language", bundled="cpp"),
    _row("csharp", "cs csx cake", run="dotnet-script", comment="//",
         wheel="tree_sitter_c_sharp:language", bundled="c_sharp"),
    _row("ruby", "rb rake gemspec ru rbw podspec jbuilder thor",
         files="Rakefile Gemfile Guardfile Vagrantfile Capfile Podfile Fastfile Brewfile Dangerfile",
         run="ruby jruby rake", comment="#", wheel="tree_sitter_ruby:language", bundled="ruby"),
    _row("php", "php phtml php3 php4 php5 php7 php8 phpt", run="php", comment="//",
         wheel="tree_sitter_php:language_php", bundled="php"),
    _row("bash", "sh bash zsh ksh bats ebuild eclass command",
         files=".bashrc .bash_profile .bash_aliases .bash_logout .profile .zshrc .zshenv .zprofile PKGBUILD",
         run="sh bash zsh ksh dash ash bats", comment="#", wheel="tree_sitter_bash:language", bundled="bash"),
    _row("kotlin", "kt kts ktm", run="kotlin", comment="//", wheel="tree_sitter_kotlin:language", bundled="kotlin"),
    _row("scala", "scala sc sbt mill", run="scala scala-cli amm", comment="//",
         wheel="tree_sitter_scala:language", bundled="scala"),
    _row("swift", "swift", run="swift", comment="//", wheel="tree_sitter_swift:language"),
    # The bundle's own Lua grammar is broken and denied in `bundle`.
    _row("lua", "lua rockspec", files=".luacheckrc", run="lua luajit texlua", comment="--",
         wheel="tree_sitter_lua:language", bundled="lua"),
    _row("haskell", "hs hs-boot", run="runhaskell runghc stack cabal", comment="--",
         wheel="tree_sitter_haskell:language", bundled="haskell"),
    _row("ocaml", "ml", run="ocaml ocamlrun", wheel="tree_sitter_ocaml:language_ocaml", bundled="ocaml"),
    _row("ocaml_interface", "mli", wheel="tree_sitter_ocaml:language_ocaml_interface"),
    _row("elixir", "ex exs", files="mix.lock", run="elixir", comment="#",
         wheel="tree_sitter_elixir:language", bundled="elixir"),
    _row("zig", "zig zon", comment="//", wheel="tree_sitter_zig:language"),
    _row("julia", "jl", run="julia", comment="#", wheel="tree_sitter_julia:language", bundled="julia"),
    _row("sql", "sql ddl dml pgsql psql mysql", comment="--",
         wheel="tree_sitter_sql:language", bundled="sql"),
)  # fmt: skip

_DATA_AND_MARKUP = (
    _row("html", "html htm xhtml shtml", wheel="tree_sitter_html:language", bundled="html"),
    # Hosts: their grammar finds the script and style blocks, which are then read in their own languages.
    _row("vue", "vue", wheel="tree_sitter_html:language", bundled="html"),
    _row("svelte", "svelte", wheel="tree_sitter_html:language", bundled="html"),
    _row("css", "css pcss postcss", wheel="tree_sitter_css:language", bundled="css"),
    _row("json", "json jsonc json5 jsonl ndjson geojson webmanifest topojson avsc code-workspace",
         files=".babelrc .eslintrc .prettierrc .jshintrc .swcrc .watchmanconfig composer.lock flake.lock Pipfile.lock",
         wheel="tree_sitter_json:language", bundled="json"),
    _row("yaml", "yaml yml cff", files=".clang-format .clang-tidy .clangd .yamllint",
         comment="#", wheel="tree_sitter_yaml:language", bundled="yaml"),
    _row("toml", "toml", files="Cargo.lock poetry.lock uv.lock Pipfile pdm.lock",
         comment="#", wheel="tree_sitter_toml:language", bundled="toml"),
    _row("markdown", "md markdown mdown mkd mkdn mdx qmd rmd livemd", 
         wheel="tree_sitter_markdown:language", bundled="markdown"),
)  # fmt: skip

_BUNDLED = (
    _row("commonlisp", "lisp lsp cl asd", run="sbcl clisp ecl", comment=";", bundled="commonlisp"),
    _row("dockerfile", "dockerfile containerfile", files="Dockerfile Containerfile", comment="#",
         bundled="dockerfile"),
    _row("dot", "dot gv", comment="//", bundled="dot"),
    _row("elisp", "el", files=".emacs Cask", run="emacs", comment=";", bundled="elisp"),
    _row("elm", "elm", comment="--", bundled="elm"),
    _row("embedded_template", "erb ejs html.erb rhtml", bundled="embedded_template"),
    _row("erlang", "erl hrl escript app.src", files="rebar.config", run="escript", comment="%", bundled="erlang"),
    _row("fortran", "f90 f95 f03 f08 f18 fpp", comment="!", bundled="fortran"),
    _row("fixed_form_fortran", "f for f77 ftn", comment="!", bundled="fixed_form_fortran"),
    _row("gomod", files="go.mod", comment="//", bundled="gomod"),
    _row("hack", "hack hhi", run="hhvm", comment="//", bundled="hack"),
    _row("hcl", "hcl tf tfvars nomad", files=".terraformrc terraform.rc", comment="#", bundled="hcl"),
    _row("jsdoc", bundled="jsdoc"),
    _row("make", "mk mak make", files="Makefile makefile GNUmakefile", run="make gmake", comment="#", bundled="make"),
    _row("objc", "m mm", comment="//", bundled="objc"),
    _row("perl", "pl pm t psgi perl", files="cpanfile Makefile.PL", run="perl", comment="#", bundled="perl"),
    _row("ql", "ql qll", comment="//", bundled="ql"),
    _row("r", "r rprofile", files=".Rprofile", run="Rscript littler", comment="#", bundled="r"),
    _row("regex", bundled="regex"),
    _row("rst", "rst rest", bundled="rst"),
    _row("sqlite", comment="--", bundled="sqlite"),
    _row("tsq", "tsq", comment=";", bundled="tsq"),
)  # fmt: skip

_WITHOUT_GRAMMAR = (
    _row("ada", "adb ads", comment="--"),
    _row("asciidoc", "adoc asciidoc asc", comment="//"),
    _row("assembly", "s asm nasm", comment="#"),
    _row("astro", "astro"),
    _row("awk", "awk", run="awk gawk mawk nawk", comment="#"),
    _row("batch", "bat cmd", comment="REM"),
    _row("bicep", "bicep", comment="//"),
    _row("capnp", "capnp", comment="#"),
    _row("clojure", "clj cljs cljc edn bb", run="bb clojure", comment=";"),
    _row("cmake", "cmake", files="CMakeLists.txt", comment="#"),
    _row("cobol", "cob cbl cpy"),
    _row("coffeescript", "coffee cson", files="Cakefile", run="coffee", comment="#"),
    _row("crystal", "cr", run="crystal", comment="#"),
    _row("csv", "csv tsv"),
    _row("cue", "cue", comment="//"),
    _row("d", "d di", run="rdmd", comment="//"),
    _row("dart", "dart", run="dart", comment="//"),
    _row("devicetree", "dts dtsi", comment="//"),
    _row("diff", "diff patch"),
    _row("fennel", "fnl", run="fennel", comment=";"),
    _row("fish", "fish", run="fish", comment="#"),
    _row("fsharp", "fs fsi fsx", comment="//"),
    _row("gleam", "gleam", comment="//"),
    _row("glsl", "glsl vert frag geom comp tesc tese hlsl wgsl metal", comment="//"),
    _row("graphql", "graphql gql graphqls", comment="#"),
    _row("groovy", "groovy gradle gvy gsh", files="Jenkinsfile", run="groovy", comment="//"),
    _row("handlebars", "hbs handlebars mustache"),
    _row("haxe", "hx", comment="//"),
    _row("idris", "idr", comment="--"),
    _row("ini", "ini cfg conf properties editorconfig service desktop",
         files=".editorconfig .gitconfig .npmrc .pylintrc .flake8 .coveragerc", comment="#"),
    _row("janet", "janet", run="janet", comment="#"),
    _row("jinja", "jinja jinja2 j2 njk liquid twig"),
    _row("just", "just", files="justfile Justfile .justfile", run="just", comment="#"),
    _row("latex", "tex sty cls ltx bib", comment="%"),
    _row("lean", "lean", comment="--"),
    _row("less", "less", comment="//"),
    _row("matlab", "mlx", comment="%"),
    _row("meson", files="meson.build meson_options.txt meson.options", comment="#"),
    _row("mojo", "mojo", comment="#"),
    _row("nim", "nim nims nimble", comment="#"),
    _row("nix", "nix", comment="#"),
    _row("notebook", "ipynb"),
    _row("nushell", "nu", run="nu", comment="#"),
    _row("odin", "odin", comment="//"),
    _row("pascal", "pas pp dpr lpr", comment="//"),
    _row("postscript", "ps eps", comment="%"),
    _row("powershell", "ps1 psm1 psd1", run="pwsh powershell", comment="#"),
    _row("prisma", "prisma", comment="//"),
    _row("prolog", "pro prolog", run="swipl", comment="%"),
    _row("proto", "proto", comment="//"),
    _row("pug", "pug jade", comment="//"),
    _row("puppet", "epp", files="Puppetfile", comment="#"),
    _row("purescript", "purs", comment="--"),
    _row("racket", "rkt rktl", run="racket", comment=";"),
    _row("raku", "raku rakumod p6 pm6", run="raku perl6", comment="#"),
    _row("reason", "re rei", comment="//"),
    _row("requirements", files="requirements.txt constraints.txt", comment="#"),
    _row("rescript", "res resi", comment="//"),
    _row("robot", "robot", comment="#"),
    _row("sass", "sass", comment="//"),
    _row("scheme", "scm ss sld sls", run="guile gosh chicken csi", comment=";"),
    _row("scss", "scss", comment="//"),
    _row("smithy", "smithy", comment="//"),
    _row("solidity", "sol", comment="//"),
    _row("standardml", "sml"),
    _row("starlark", "star", comment="#"),
    _row("stylus", "styl", comment="//"),
    _row("tcl", "tcl tk", run="tclsh wish expect", comment="#"),
    _row("text", "txt text log",  # files of these very names, to-do lists among them
         files="README LICENSE LICENCE COPYING NOTICE AUTHORS CHANGES CHANGELOG CONTRIBUTORS INSTALL NEWS"
               " TODO CODEOWNERS"),  # a file's name, like the rest: nothing is left open
    _row("thrift", "thrift", comment="//"),
    _row("typst", "typ", comment="//"),
    _row("vala", "vala vapi", comment="//"),
    _row("verilog", "v vh sv svh", comment="//"),
    _row("vhdl", "vhd vhdl", comment="--"),
    _row("vim", "vim vimrc", files=".vimrc _vimrc .gvimrc", comment='"'),
    _row("visualbasic", "vb vbs bas", comment="'"),
    _row("wasm_text", "wat wast", comment=";;"),
    _row("xml", "xml xsd xsl xslt svg rss atom plist csproj vbproj fsproj vcxproj props targets nuspec resx xaml wsdl"),
    _row("zsh_theme", "zsh-theme", comment="#"),
)  # fmt: skip

LANGUAGES: dict[str, Language] = {row.name: row for row in (*_MAIN, *_DATA_AND_MARKUP, *_BUNDLED, *_WITHOUT_GRAMMAR)}
"""Every language by name, the main ones first."""
