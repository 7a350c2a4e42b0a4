"""What the client said it can do, in the few facts that matter here. Must not know the server."""

from __future__ import annotations

from typing import Any

import msgspec
from lsprotocol import types


class ClientFacts(msgspec.Struct, frozen=True):
    """Of one connection, from its `initialize`."""

    name: str = ""
    has_progress: bool = False
    has_configuration: bool = False
    shows_documents: bool = False
    registers_watchers: bool = False
    registers_configuration: bool = False
    applies_edits: bool = False
    versions_edits: bool = False
    refreshes_lenses: bool = False
    has_markdown_hover: bool = False
    resolves_actions: bool = False
    runs_links: bool = False
    """Links of the kind `command:…` in what it shows run commands."""
    wants_pages: bool = True
    """Results of commands are to be shown as documents too; a client with views of its own shows them itself."""


def client_facts(params: types.InitializeParams) -> ClientFacts:
    """The facts in what the client sent."""

    def has(path: str) -> Any:
        found: Any = params.capabilities
        for name in path.split("."):
            found = getattr(found, name, None)
        return found

    options = params.initialization_options if isinstance(params.initialization_options, dict) else {}
    formats = has("text_document.hover.content_format") or ()
    resolvable = has("text_document.code_action.resolve_support.properties") or ()
    return ClientFacts(
        name=params.client_info.name if params.client_info else "",
        has_progress=bool(has("window.work_done_progress")),
        has_configuration=bool(has("workspace.configuration")),
        shows_documents=bool(has("window.show_document.support")),
        registers_watchers=bool(has("workspace.did_change_watched_files.dynamic_registration")),
        registers_configuration=bool(has("workspace.did_change_configuration.dynamic_registration")),
        applies_edits=bool(has("workspace.apply_edit")),
        versions_edits=bool(has("workspace.workspace_edit.document_changes")),
        refreshes_lenses=bool(has("workspace.code_lens.refresh_support")),
        has_markdown_hover=any(kind == types.MarkupKind.Markdown for kind in formats),
        resolves_actions="edit" in resolvable or "command" in resolvable,
        runs_links=options.get("commandLinks") is True,
        wants_pages=options.get("pages") is not False,
    )
