"""The one tree of settings, and the layers it is merged from. Must not know what the settings bring about.

Order: options of a command > environment > `.scholiast.toml` in the workspace > the user's file > default.
A workspace's file comes with code that may be anybody's, so it sets only what can do no harm there; each setting
says whether it may. The table in docs/settings.md is made from this tree. It is long, because half of it is the tree:
every setting with what it says of itself.
"""

from __future__ import annotations

import difflib
import os
import reprlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from scholiast_server.errors import SettingsError
from scholiast_server.userdata import user_folder

WORKSPACE_FILE = ".scholiast.toml"
SETTINGS_BYTES_MAX = 20_000
"""A larger settings file is refused: it is no settings file, and TOML's parser is quadratic in a key of many parts."""

Switch = Literal["auto", "always", "never"]
_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_IN_SHORT = reprlib.Repr()
_IN_SHORT.maxstring = _IN_SHORT.maxlong = _IN_SHORT.maxother = 100
# A workspace's file may not set it; the schema says so too, for editors that do not trust a workspace.
_USERS_OWN = Meta(extra={"workspace": False}, extra_json_schema={"x-workspace": False})


class IndexSettings(msgspec.Struct, frozen=True):
    """How a workspace is indexed."""

    vectors: Annotated[
        Literal["auto", "exact", "hnsw"],
        Meta(
            description="How vectors are compared: all of them (`exact`), through a graph (`hnsw`), "
            "or the graph above 50,000 chunks (`auto`)."
        ),
    ] = "auto"
    files_max: Annotated[
        int,
        _USERS_OWN,
        Meta(
            description="Most files of a workspace: with more, none is indexed. 0 is 200,000, or 20,000 where your "
            "home folder, one above it or `/` is opened and is no repository.",
            ge=0,
        ),
    ] = 0


class SearchSettings(msgspec.Struct, frozen=True):
    """How the index is searched."""

    limit: Annotated[int, Meta(description="Hits that `search` shows.", ge=1, le=1000)] = 10
    refresh: Annotated[
        Switch,
        Meta(
            description="Whether `search` brings the index up to date first; `auto`: when it holds at most "
            "`search.refresh_files_max` files. `ask` does so unless this is `never`."
        ),
    ] = "auto"
    refresh_files_max: Annotated[
        int, Meta(description="Files up to which `search` refreshes by itself: looking at 5,000 takes 0.1 s.", ge=0)
    ] = 5_000


class TerminalSettings(msgspec.Struct, frozen=True):
    """How commands look."""

    color: Annotated[
        Switch, _USERS_OWN, Meta(description="Colours; `auto`: on a terminal, unless `NO_COLOR` is set.")
    ] = "auto"
    links: Annotated[
        Switch,
        _USERS_OWN,
        Meta(description="Places as links that a terminal opens; `auto`: wherever there are colours."),
    ] = "auto"


class EditorSettings(msgspec.Struct, frozen=True):
    """What the language server shows in editors."""

    hover: Annotated[
        bool, Meta(description="Hovers say what a symbol is, where it is defined and how many places refer to it.")
    ] = True
    code_lens: Annotated[bool, Meta(description="Above each definition, how many places refer to its name.")] = False
    check_citations: Annotated[
        bool,
        Meta(
            description="Marks places such as `src/app.py:10-20` in comments and documents that are open, "
            "when their code has moved or is gone."
        ),
    ] = False


class AnswerSettings(msgspec.Struct, frozen=True):
    """How questions are answered."""

    engine: Annotated[
        Literal["auto", "extractive", "llama", "endpoint"],
        _USERS_OWN,
        Meta(
            description="What writes: the code alone (`extractive`), `model.path` (`llama`), or `endpoint.url` "
            "(`endpoint`); `auto`: the model where one is set, else the endpoint, else the code alone."
        ),
    ] = "auto"
    max_tokens: Annotated[int, Meta(description="Tokens that a model may write.", ge=16, le=16_384)] = 512
    temperature: Annotated[
        float, Meta(description="How freely a model chooses its words; 0 always takes the likeliest.", ge=0, le=2)
    ] = 0.0
    seed: Annotated[int, Meta(description="Makes what chance decides come out the same again.", ge=0)] = 0
    repair: Annotated[
        bool, Meta(description="A model is shown once which of its citations did not hold, and writes again.")
    ] = True
    strict: Annotated[bool, Meta(description="Answers hold only sentences whose citations were verified.")] = False
    feedback: Annotated[
        bool,
        _USERS_OWN,
        Meta(
            description="What you say of answers in an editor is kept, with question and answer, in your data folder "
            "alone: `scholiast feedback list` shows it."
        ),
    ] = True


class ModelSettings(msgspec.Struct, frozen=True):
    """The models that llama.cpp runs here. A workspace's file can't set them: model files are nearly code."""

    path: Annotated[str, _USERS_OWN, Meta(description="GGUF file of a chat model, which writes answers.")] = ""
    fim_path: Annotated[
        str, _USERS_OWN, Meta(description="GGUF file of a fill-in-the-middle model, which completes code as you type.")
    ] = ""
    adapter: Annotated[
        str,
        _USERS_OWN,
        Meta(description="The adapter, or several, that every text is written under for which `adapters` has none."),
    ] = ""
    context_tokens: Annotated[
        int, _USERS_OWN, Meta(description="Context that is set up; 0 is the model's own, at most 32,768.", ge=0)
    ] = 0
    threads: Annotated[
        int, _USERS_OWN, Meta(description="Processors for a model; 0 is all of them.", ge=0, le=1024)
    ] = 0
    idle_s: Annotated[
        int,
        _USERS_OWN,
        Meta(description="Seconds after which an unused model gives its memory back; 0 is never.", ge=0),
    ] = 900


class AdapterSettings(msgspec.Struct, frozen=True):
    """The adapters that texts are written under, by what is written; they hold over `scholiast adapters use`."""

    ask: Annotated[
        str,
        _USERS_OWN,
        Meta(
            description="For answers: `house-style`, `house-style:0.7,terse:0.3`, or `none`; by default what is chosen."
        ),
    ] = ""
    explain: Annotated[str, _USERS_OWN, Meta(description="For explanations of code that is pointed at.")] = ""
    document: Annotated[str, _USERS_OWN, Meta(description="For doc comments, where a model writes them.")] = ""
    commit: Annotated[str, _USERS_OWN, Meta(description="For commit messages, where a model writes them.")] = ""
    complete: Annotated[str, _USERS_OWN, Meta(description="For code that is completed by `model.fim_path`.")] = ""


class EmbeddingSettings(msgspec.Struct, frozen=True):
    """What makes vectors of code."""

    path: Annotated[
        str, _USERS_OWN, Meta(description="GGUF file of an embedding model; without one the built-in embedder serves.")
    ] = ""
    query_prefix: Annotated[
        str, _USERS_OWN, Meta(description="What a query begins with; `auto`: what the model is known to want.")
    ] = "auto"
    document_prefix: Annotated[
        str, _USERS_OWN, Meta(description="What a text begins with; `auto`: what the model is known to want.")
    ] = "auto"


class EndpointSettings(msgspec.Struct, frozen=True):
    """A server that speaks OpenAI's protocol. Nothing is contacted unless `url` is set."""

    url: Annotated[str, _USERS_OWN, Meta(description="Where it listens: `http://127.0.0.1:8080/v1`.")] = ""
    model: Annotated[str, _USERS_OWN, Meta(description="The model to ask for; empty: the first that it lists.")] = ""
    embedding_model: Annotated[
        str, _USERS_OWN, Meta(description="The model to ask for vectors; empty: vectors are made here.")
    ] = ""
    key_variable: Annotated[str, _USERS_OWN, Meta(description="Environment variable that holds the key.")] = (
        "SCHOLIAST_ENDPOINT_KEY"
    )
    key_command: Annotated[
        str, _USERS_OWN, Meta(description="Command whose first line is the key, where no variable holds it.")
    ] = ""
    context_tokens: Annotated[int, _USERS_OWN, Meta(description="Context of that model.", ge=512)] = 8_192
    timeout_s: Annotated[
        int, _USERS_OWN, Meta(description="Seconds without a word after which it is given up.", ge=1, le=3600)
    ] = 60
    offline: Annotated[bool, _USERS_OWN, Meta(description="Makes any attempt to reach a network an error.")] = False


class Settings(msgspec.Struct, frozen=True):
    """All settings."""

    index: IndexSettings = IndexSettings()
    search: SearchSettings = SearchSettings()
    answer: AnswerSettings = AnswerSettings()
    model: ModelSettings = ModelSettings()
    adapters: AdapterSettings = AdapterSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    endpoint: EndpointSettings = EndpointSettings()
    editor: EditorSettings = EditorSettings()
    terminal: TerminalSettings = TerminalSettings()


class Setting(msgspec.Struct, frozen=True):
    """One setting as its documentation shows it."""

    key: str
    values: str
    """What it may be, in words."""
    default: str
    environment: str
    workspace: bool
    """Whether a workspace's own file may set it."""
    description: str
    is_switch: bool
    """Whether it is on or off."""

    @property
    def section(self) -> str:
        return self.key.partition(".")[0]


class Layer(msgspec.Struct, frozen=True):
    """Values from one place, and what to call that place in a message."""

    origin: str
    values: Mapping[str, Any]
    is_workspace: bool = False
    is_text: bool = False
    """Whether numbers come as text, as they do in the environment."""


def load_settings(
    root: Path | None,
    environment: Mapping[str, str] | None = None,
    options: Mapping[str, object] | None = None,
    *,
    options_origin: str = "command line",
) -> Settings:
    """The settings that hold for a workspace.

    Args:
        root: The workspace; None leaves its file out.
        environment: Environment variables, those of this process by default.
        options: What the command line, or an editor, said, by key (`search.limit`).
        options_origin: What to call them in a message.

    Raises:
        SettingsError: A file can't be read, names what is no setting, or gives a value that can't be.
    """
    environment = os.environ if environment is None else environment
    layers = [
        *_file_layer(user_file(environment), is_workspace=False),
        *_file_layer(root / WORKSPACE_FILE if root else None, is_workspace=True),
        *_environment_layers(environment),
        Layer(options_origin, _nested(options or {})),
    ]
    return merged(layers)


def merged(layers: list[Layer]) -> Settings:
    """The settings from layers, a later one over an earlier; each value is checked where it comes from."""
    known = {setting.key: setting for setting in all_settings()}
    values: dict[str, dict[str, Any]] = {}
    for layer in layers:
        for key, value in _flattened(layer, known):
            section, _, name = key.partition(".")
            values.setdefault(section, {})[name] = _checked(layer, known[key], value)
    return msgspec.convert(values, Settings)


def user_file(environment: Mapping[str, str]) -> Path | None:
    """The user's own settings file, there or not; None where there is no home."""
    folder = user_folder(environment, "XDG_CONFIG_HOME", "APPDATA", ".config")
    return folder / "config.toml" if folder else None


def all_settings() -> Iterator[Setting]:
    """Every setting, in the order of the tree."""
    for section in msgspec.structs.fields(Settings):
        for field in msgspec.structs.fields(section.type):
            described = msgspec.inspect.type_info(field.type)
            assert isinstance(described, msgspec.inspect.Metadata)
            yield Setting(
                key=f"{section.name}.{field.name}",
                values=_values_in_words(described.type),
                default=str(field.default).lower() if isinstance(field.default, bool) else str(field.default),
                environment=f"SCHOLIAST_{section.name}_{field.name}".upper(),
                workspace=(described.extra or {}).get("workspace", True),
                description=(described.extra_json_schema or {}).get("description", ""),
                is_switch=isinstance(described.type, msgspec.inspect.BoolType),
            )


def _values_in_words(kind: msgspec.inspect.Type) -> str:
    if isinstance(kind, msgspec.inspect.LiteralType):
        return ", ".join(str(value) for value in kind.values)
    if isinstance(kind, msgspec.inspect.BoolType):
        return "true, false"
    if isinstance(kind, msgspec.inspect.IntType):
        least = "" if kind.ge is None else f" from {kind.ge}"
        return f"whole number{least}" + ("" if kind.le is None else f" to {kind.le}")
    if isinstance(kind, msgspec.inspect.FloatType):
        return f"number from {kind.ge:g} to {kind.le:g}"
    if isinstance(kind, msgspec.inspect.StrType):
        return "text"
    raise TypeError(f"settings of type {kind} are not described yet")


# -- layers -------------------------------------------------------------------------------------------------------


def _file_layer(path: Path | None, *, is_workspace: bool) -> list[Layer]:
    if path is None:
        return []
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        if not path.is_file():
            return []
        with path.open("rb") as file:
            data = file.read(SETTINGS_BYTES_MAX + 1)
        if len(data) > SETTINGS_BYTES_MAX:
            raise SettingsError(f"{path} is larger than {SETTINGS_BYTES_MAX:,} bytes: no settings file.")
        return [Layer(str(path), tomllib.loads(data.decode("utf-8")), is_workspace)]
    except OSError as error:
        raise SettingsError(f"{path} can't be read: {error.strerror}.\n  Check its permissions.") from error
    except ValueError as error:  # of TOML and of UTF-8
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error
    except RecursionError as error:
        raise SettingsError(f"{path} is nested too deeply for a settings file.\n  Settings have one level.") from error


def _environment_layers(environment: Mapping[str, str]) -> list[Layer]:
    return [
        Layer(f"environment variable {setting.environment}", _nested({setting.key: value}), is_text=True)
        for setting in all_settings()
        if (value := environment.get(setting.environment))
    ]


def _nested(values: Mapping[str, object]) -> dict[str, dict[str, object]]:
    nested: dict[str, dict[str, object]] = {}
    for key, value in values.items():
        section, _, name = key.partition(".")
        if value is not None:
            nested.setdefault(section, {})[name] = value
    return nested


def _flattened(layer: Layer, known: Mapping[str, Setting]) -> Iterator[tuple[str, Any]]:
    sections = list(dict.fromkeys(setting.section for setting in known.values()))
    for section, values in layer.values.items():
        if section not in sections:
            raise SettingsError(
                f"{layer.origin}: {section} is no section of settings.\n  Sections: {', '.join(sections)}."
            )
        if not isinstance(values, Mapping):
            raise SettingsError(f"{layer.origin}: {section} is a section.\n  Write [{section}] and its settings below.")
        for name, value in values.items():
            if f"{section}.{name}" not in known:
                raise SettingsError(f"{layer.origin}: {section}.{name} is no setting.\n  {_hint(section, name, known)}")
            yield f"{section}.{name}", value


def _hint(section: str, name: str, known: Mapping[str, Setting]) -> str:
    names = [key.partition(".")[2] for key in known if key.startswith(f"{section}.")]
    close = difflib.get_close_matches(name, names, 1)
    return f"Did you mean {section}.{close[0]}?" if close else f"In [{section}] there is: {', '.join(names)}."


def _checked(layer: Layer, setting: Setting, value: object) -> object:
    if layer.is_workspace and not setting.workspace:
        raise SettingsError(
            f"{layer.origin}: {setting.key} is yours to set, not a workspace's.\n"
            f"  Set it in your own settings file or as {setting.environment}."
        )
    section, _, name = setting.key.partition(".")
    if layer.is_text and setting.is_switch:
        value = _switched(value)
    try:
        checked = msgspec.convert({section: {name: value}}, Settings, strict=not layer.is_text)
    except msgspec.ValidationError as error:
        raise SettingsError(
            f"{layer.origin}: {setting.key} can't be {_IN_SHORT.repr(value)}.\n  It may be: {setting.values}."
        ) from error
    return getattr(getattr(checked, section), name)


def _switched(value: object) -> object:
    """On and off as people write them in environments; anything else as it is."""
    word = str(value).strip().lower()
    return True if word in _TRUE else False if word in _FALSE else value
