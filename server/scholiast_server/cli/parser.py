"""The grammar of the command line: verbs, options, help. Must not know what a verb does; imports argparse alone.

It is long, because it is one table of verbs, each with the help that a user reads; a split would scatter the table.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import NamedTuple, NoReturn

from scholiast_server.cli import options

PROGRAM = "scholiast"
USAGE_EXIT = 2


class Verb(NamedTuple):
    """One verb: its help, its options, and the function `module:name` that does it."""

    name: str
    arguments: str
    """What follows the name in the line of usage."""
    summary: str
    description: str
    run: str
    options: tuple[Callable[[argparse.ArgumentParser], None], ...]
    examples: tuple[tuple[str, str], ...]
    """Command lines with what they do."""
    actions: tuple[Verb, ...] = ()
    """What a verb of several things can do, each with options of its own: then it has no function itself."""


ADAPTER_ACTIONS = (
    Verb(
        "list",
        "",
        "list adapters",
        "List adapters with their scale, rank and tasks, and whether they fit the model. A\n"
        "star marks those in use.",
        "adapters:list_all",
        (options.model, options.json),
        (("scholiast adapters list", ""), ("scholiast adapters list --model other.gguf", "as another model sees them")),
    ),
    Verb(
        "add",
        "FILE ",
        "register an adapter",
        "Register an adapter. Its file stays where it is; its SHA-256 is written down, so\n"
        "that another content is noticed. It has to fit the model that is set, or the one\n"
        "that --model names.",
        "adapters:add",
        (options.adapter_to_add, options.model, options.json),
        (
            ("scholiast adapters add house-style.gguf", "for every task"),
            ("scholiast adapters add terse-lora.gguf --name terse --scale 0.8 --task ask --task explain", ""),
        ),
    ),
    Verb(
        "remove",
        "NAME ",
        "forget an adapter",
        "Forget an adapter, a damaged one too. Its file stays where it is.",
        "adapters:remove",
        (options.adapter_name, options.json),
        (("scholiast adapters remove house-style", ""),),
    ),
    Verb(
        "check",
        "[NAME] ",
        "see whether adapters can be used, and what they are",
        "See whether an adapter, or each, can be used: its content is the one that was\n"
        "added, it is a LoRA adapter, and its tensors fit the model's. Exits with 1 when\n"
        "something is wrong.",
        "adapters:check",
        (options.adapter_to_check, options.model, options.json),
        (
            ("scholiast adapters check house-style", ""),
            ("scholiast adapters check ./new-lora.gguf --model base.gguf", "a file that is not registered"),
        ),
    ),
    Verb(
        "use",
        "[NAME] ",
        "choose the adapter that texts are written under",
        "Choose the adapter, or several, that texts are written under from now on: every\n"
        "text that it serves, or with --task some. What settings say holds over it\n"
        "(adapters.ask, model.adapter), and so does --adapter for one question.",
        "adapters:use",
        (options.adapter_to_use, options.json),
        (
            ("scholiast adapters use house-style", ""),
            ("scholiast adapters use house-style:0.7,terse:0.3 --task ask", "two at once, for answers alone"),
            ("scholiast adapters use none --here", "in this workspace the model as it is"),
            ("scholiast adapters use --unset", "take the choice back"),
        ),
    ),
)  # fmt: skip

MODELS_ACTIONS = (
    Verb(
        "list",
        "",
        "show the models that are set, and those that were downloaded",
        "Show the models that are set (writing, completing, embedding, a server) and what\n"
        "is known of their files: what is in them, their size, whether they changed since\n"
        "their SHA-256 was recorded. Nothing is contacted.",
        "models:list_all",
        (options.json,),
        (("scholiast models list", ""), ("scholiast models list --json | jq '.models[].path'", "their files")),
    ),
    Verb(
        "check",
        "[FILE]… ",
        "read the files of models whole, and say whether they are sound",
        "Read GGUF files whole: their structure, every tensor, and their SHA-256, which is\n"
        "compared with what was recorded when they were downloaded or first checked. Exits\n"
        "with 1 when one is damaged or has changed.",
        "models:check",
        (options.model_files, options.json),
        (("scholiast models check", "all that are set"), ("scholiast models check ~/models/qwen.gguf", "")),
    ),
    Verb(
        "download",
        "REPO FILE ",
        "download a model from a hub",
        "Download a GGUF file from the Hugging Face hub, or from the one that HF_ENDPOINT\n"
        "names, and hold its content against the SHA-256 that the hub announces. What was\n"
        "interrupted goes on where it stopped. A model that is cut into several files is\n"
        "named by its first one. This is the one command that downloads anything.",
        "models:download",
        (options.hub_file, options.offline, options.json),
        (
            ("scholiast models download nomic-ai/nomic-embed-text-v1.5-GGUF nomic-embed-text-v1.5.Q8_0.gguf", ""),
            ("scholiast models recommend", "what there is, by memory"),
        ),
    ),
    Verb(
        "recommend",
        "",
        "name models that suit this machine",
        "Name well known models that suit the memory of this machine: to write answers, to\n"
        "complete code, to make vectors. Nothing is contacted.",
        "models:recommend",
        (options.memory, options.json),
        (("scholiast models recommend", ""), ("scholiast models recommend --memory 32", "for another machine")),
    ),
)

FEEDBACK_ACTIONS = (
    Verb(
        "list",
        "",
        "show what you said of answers",
        "Show what you said of answers, the latest last: good or bad, and your own version\n"
        "where you wrote one. --json gives all that is kept of each.",
        "feedback:list_all",
        (options.json,),
        (
            ("scholiast feedback list", ""),
            ("scholiast feedback list --json | jq '.verdicts[] | select(.edit)'", "those with a version of your own"),
        ),
    ),
    Verb(
        "forget",
        "[ID]… ",
        "delete what you said of answers",
        "Delete what you said of some answers, or with --all everything.",
        "feedback:forget",
        (options.verdicts, options.json),
        (("scholiast feedback forget 5f3a90c1", "as `list` calls it"), ("scholiast feedback forget --all", "")),
    ),
)  # fmt: skip

VERBS = (
    Verb(
        "index",
        "[ROOT] ",
        "build the index of a workspace, or bring it up to date",
        "Build the index of a workspace, or bring it up to date: only files that changed\n"
        "are read, and only code that was never seen before is parsed. It lies in\n"
        ".scholiast/ in the workspace (SCHOLIAST_INDEX_DIR moves it). Ctrl-C leaves a\n"
        "usable index; the next run goes on from there.",
        "index:run",
        (options.index_root, options.vectors, options.offline, options.json),
        (
            ("scholiast index", "the repository around the current folder"),
            ("scholiast index ~/src/flask", "another folder"),
            ("scholiast index --json | jq '.skipped'", "what was left out, and why"),
        ),
    ),
    Verb(
        "search",
        "QUERY ",
        "find places in the code by words, names or a question",
        "Find places in the code by words, names or a question, best first, as lines\n"
        "`path:line: symbol`. Builds the index when there is none. An index of at most\n"
        "5,000 files is brought up to date first; a larger one is used as it is, unless\n"
        "--refresh is given. Exits with 1 when nothing is found.",
        "search:run",
        (options.query, options.limit, options.filters, options.search_display, options.freshness, options.vectors,
         options.offline, options.json),
        (
            ('scholiast search "where are cookies signed"', "by meaning"),
            ("scholiast search add_url_rule --kind method", "methods alone"),
            ('scholiast search "retry backoff" --path src/ --lang python --tests none', "in one part of the code"),
            ('scholiast search "session cookie" --snippets', "with the code"),
            ('scholiast search "session cookie" --explain', "with the reason for each rank"),
        ),
    ),
    Verb(
        "ask",
        "QUESTION ",
        "answer a question about the code, citing the code",
        "Answer a question about the code. Each sentence cites the lines it rests on, and\n"
        "each citation is held against the code: verified, moved or unsupported. Exits\n"
        "with 1 when nothing in the code answers, or with --strict when nothing holds.",
        "ask:run",
        (
            options.question, options.adapter, options.model, options.filters, options.ask_display, options.strictness,
            options.freshness, options.vectors, options.offline, options.json,
        ),
        (
            ('scholiast ask "how are routes registered?"', ""),
            ('scholiast ask "how are errors retried?" --path src/http/', "from one folder alone"),
            ('scholiast ask "how is a cookie signed?" --strict', "only what was verified"),
            ('scholiast ask "who closes the session?" --json', "answer, citations and provenance as data"),
            ('scholiast ask "who closes the session?" --adapter house-style:0.7', "by a model, under an adapter"),
        ),
    ),
    Verb(
        "check",
        "[PATH]… ",
        "hold the citations in documents and comments against the code",
        "Hold citations such as `src/app.py:10-20` in documents and comments against the\n"
        "code as it is now: the lines exist, and hold what the sentence names. Exits with 1\n"
        "when some need attention, so that CI keeps documents true. In doubt a citation\n"
        "holds. The index is brought up to date first, unless --no-refresh is given.",
        "check:run",
        (options.checked_files, options.freshness, options.offline, options.check_output),
        (
            ("scholiast check", "all documents"),
            ("scholiast check docs README.md src/server", "these, the comments of a folder among them"),
            ("scholiast check --fix", "and put right what moved"),
            ("scholiast check --sarif > citations.sarif", "for code scanning"),
        ),
    ),
    Verb(
        "adapters",
        "ACTION ",
        "LoRA adapters: which there are, which fit the model, which are used",
        "LoRA adapters change how a model writes. They are GGUF files of your own, written\n"
        "down by name in your data folder; each is compared with the model before it is\n"
        "used, and can be changed from one question to the next.",
        "",
        (),
        (
            ("scholiast adapters add house-style.gguf --task ask", ""),
            ("scholiast adapters use house-style", ""),
            ('scholiast ask "who closes the session?" --adapter none', "without it, once"),
        ),
        actions=ADAPTER_ACTIONS,
    ),
    Verb(
        "models",
        "ACTION ",
        "models: which are set, whether they are sound, where to get them",
        "Models write answers, complete code and make vectors. They are GGUF files of your\n"
        "own, or run behind a server of yours; without one, answers come from the code\n"
        "alone.",
        "",
        (),
        (
            ("scholiast models recommend", "what suits this machine"),
            ("scholiast models list", "what is set"),
            ("scholiast models check", "whether the files are sound"),
        ),
        actions=MODELS_ACTIONS,
    ),
    Verb(
        "feedback",
        "ACTION ",
        "what you said of answers: shown, deleted",
        "What you say of answers in an editor (good, bad, your own version) is kept in your\n"
        "data folder, on this machine alone, unless the setting answer.feedback is false.",
        "",
        (),
        (("scholiast feedback list", ""), ("scholiast feedback forget --all", "")),
        actions=FEEDBACK_ACTIONS,
    ),
    Verb(
        "status",
        "",
        "show what the index holds and whether it is current",
        "Show what the index holds, whether files changed since, and what was left out.\n"
        "Exits with 1 when there is no index.",
        "status:run",
        (options.skipped, options.json),
        (("scholiast status", ""), ("scholiast status --skipped", "each file that is not indexed, and why")),
    ),
    Verb(
        "doctor",
        "",
        "check the installation and the index",
        "Check Python, grammars, libraries, settings, the index and the limits for\n"
        "watching files, and say what to do. Exits with 1 when something is broken.",
        "doctor:run",
        (options.json,),
        (("scholiast doctor", ""), ("scholiast doctor --verbose", "with the grammar of each language")),
    ),
    Verb(
        "watch",
        "",
        "keep the index up to date while files change",
        "Keep the index up to date while files change, until Ctrl-C.",
        "watch:run",
        (options.vectors, options.offline),
        (("scholiast watch", ""), ("scholiast watch --root ~/src/flask &", "in the background")),
    ),
    Verb(
        "serve",
        "",
        "serve an editor as a language server, over standard input and output",
        "Serve an editor as a language server (LSP) over standard input and output: hover,\n"
        "symbols by question, cited answers, code actions. The editor starts it; see\n"
        "editors/README.md for settings. With --tcp it serves one client at a port of\n"
        "this machine alone, for debugging.",
        "serve:run",
        (options.transport, options.offline),
        (("scholiast serve", "as an editor starts it"), ("scholiast serve --tcp 7000", "for debugging")),
    ),
    Verb(
        "reset",
        "",
        "delete the index of a workspace",
        "Delete the index of a workspace; the code stays untouched. Asks first, on a\n"
        "terminal.",
        "reset:run",
        (options.yes,),
        (("scholiast reset", ""), ("scholiast reset --yes && scholiast index", "start afresh")),
    ),
    Verb(
        "completion",
        "SHELL ",
        "print a script that completes commands in your shell",
        "Print a script that makes your shell complete verbs and options.",
        "completion:run",
        (options.shell,),
        (
            ('eval "$(scholiast completion bash)"', "bash: in ~/.bashrc"),
            ("scholiast completion zsh > ~/.zfunc/_scholiast", "zsh: a folder of $fpath"),
            ("scholiast completion fish > ~/.config/fish/completions/scholiast.fish", "fish"),
        ),
    ),
)  # fmt: skip


class Parser(argparse.ArgumentParser):
    """argparse with our help and with errors in one message."""

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_EXIT, f"{self.prog}: {message}\n  See: {self.prog} --help\n")


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """One column of options, one of what they do; `-n, --limit N` says the value once."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=30)

    def _format_action_invocation(self, action: argparse.Action) -> str:
        if not action.option_strings or action.nargs == 0:
            return super()._format_action_invocation(action)
        value = self._format_args(action, self._get_default_metavar_for_optional(action))
        return f"{', '.join(action.option_strings)} {value}"

    def _format_action(self, action: argparse.Action) -> str:
        text = super()._format_action(action)
        if isinstance(action, argparse._SubParsersAction):  # its own line would only say VERB
            return text.partition("\n")[2]
        return text


def build_parser(version: str) -> Parser:
    """The parser of the whole command line; each verb leaves its function in `run`."""
    parser = Parser(
        prog=PROGRAM,
        usage=f"{PROGRAM} VERB [options]",
        description="Answers questions about a codebase, citing the code they rest on.\n"
        "Nothing leaves this machine, unless you name a server to ask.",
        epilog=_examples(
            (
                ('scholiast ask "how are routes registered?"', ""),
                ('scholiast search "teardown callbacks order"', ""),
                ("scholiast VERB --help", "options and examples of a verb"),
            )
        ),
        formatter_class=HelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"{PROGRAM} {version}", help="print the version")
    options.everywhere(parser, default=None)
    verbs = parser.add_subparsers(title="verbs", dest="verb", metavar="VERB", prog=PROGRAM, parser_class=Parser)
    for verb in VERBS:
        _add_verb(verbs, verb, PROGRAM)
    return parser


def _add_verb(verbs: argparse._SubParsersAction[Parser], verb: Verb, prefix: str) -> None:
    called = f"{prefix} {verb.name}"
    added = verbs.add_parser(
        verb.name,
        usage=f"{called} {verb.arguments}[options]",
        help=verb.summary,
        description=verb.description,
        epilog=_examples(verb.examples),
        formatter_class=HelpFormatter,
        allow_abbrev=False,
    )
    for add in verb.options:
        add(added)
    options.everywhere(added, default=argparse.SUPPRESS)
    if not verb.actions:
        added.set_defaults(run=verb.run)
        return
    actions = added.add_subparsers(
        title="actions", dest="action", metavar="ACTION", prog=called, parser_class=Parser, required=True
    )
    for action in verb.actions:
        _add_verb(actions, action, called)


def _examples(examples: Iterable[tuple[str, str]]) -> str:
    width = max(len(command) for command, _ in examples)
    lines = [f"  {command:<{width}}   {told}".rstrip() for command, told in examples]
    return "\n".join(["examples:", *lines])
