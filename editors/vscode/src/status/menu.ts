/** “Show Status”: how the server and its indexes are, and what can be done about it. */
import * as vscode from "vscode";
import type { FolderStatus, Status } from "../server/protocol";
import type { Phase, Server } from "../server/server";
import { amounts, shown, writer } from "./text";

interface Entry extends vscode.QuickPickItem {
  readonly act?: () => unknown;
}

const ICONS = {
  starting: "loading~spin",
  indexing: "loading~spin",
  ready: "check",
  paused: "debug-pause",
  problem: "warning",
};

/** Show it, and do what is chosen. */
export async function showStatus(server: Server): Promise<void> {
  const { phase } = server;
  const status = phase.kind === "running" ? await server.request<Status>("scholiast/status", {}) : undefined;
  const chosen = await vscode.window.showQuickPick<Entry>([...facts(phase, status), ...actions(server, phase)], {
    title: "Scholiast",
    placeHolder: shown(phase, status).detail,
  });
  await chosen?.act?.();
}

function facts(phase: Phase, status: Status | undefined): Entry[] {
  const entries: Entry[] = [{ label: "Status", kind: vscode.QuickPickItemKind.Separator }];
  if (phase.kind !== "running" || status === undefined) {
    return [...entries, { label: `$(info) ${shown(phase, status).detail}` }];
  }
  const { found, version } = phase;
  return [
    ...entries,
    ...(status.folders ?? []).map(folderEntry),
    {
      label: "$(edit) Answers",
      description: writer(status),
      act: () => vscode.commands.executeCommand("scholiast.selectEngine"),
    },
    {
      label: "$(server-process) Server",
      description: version,
      detail: found.program,
      act: () => vscode.commands.executeCommand("scholiast.openLog"),
    },
  ];
}

function folderEntry(folder: FolderStatus): Entry {
  const { name, state, percent, message } = folder;
  const how = percent === null ? state : `${state} ${percent} %`;
  return {
    label: `$(${ICONS[state]}) ${name}`,
    description: `${how} · ${amounts(folder)}`,
    ...(message ? { detail: message } : {}),
    act: () => vscode.commands.executeCommand("scholiast.reindex", folder.uri),
  };
}

function actions(server: Server, phase: Phase): Entry[] {
  const run = (label: string, command: string): Entry => ({
    label,
    act: () => vscode.commands.executeCommand(command),
  });
  const stop = server.cancelIndexing;
  return [
    { label: "Actions", kind: vscode.QuickPickItemKind.Separator },
    ...(phase.kind === "missing" ? [run("$(cloud-download) Install Server", "scholiast.install")] : []),
    ...(stop ? [{ label: "$(debug-pause) Pause Indexing", act: stop }] : []),
    ...(phase.kind === "running" ? [run("$(sync) Rebuild Index", "scholiast.reindex")] : []),
    run("$(debug-restart) Restart Server", "scholiast.restart"),
    run("$(output) Open Log", "scholiast.openLog"),
    run("$(gear) Settings", "scholiast.settings"),
  ];
}
