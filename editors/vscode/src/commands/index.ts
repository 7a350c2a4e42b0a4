/** Commands about the index and the log. */
import * as vscode from "vscode";
import type { Server } from "../server/server";

/** Look at all files again, or build the index anew: of one folder, or of all. */
export async function rebuild(server: Server, uri?: string): Promise<void> {
  const again: vscode.QuickPickItem = {
    label: "Look at All Files Again",
    detail: "What did not change is kept. Takes a moment.",
  };
  const anew: vscode.QuickPickItem = {
    label: "Build Anew",
    detail: "The index is deleted first. Needed only when something is wrong with it.",
  };
  const chosen = await vscode.window.showQuickPick([again, anew], { title: "Rebuild Index" });
  if (chosen !== undefined) {
    await server.command("scholiast.reindex", [uri ?? null, { reset: chosen === anew }]);
  }
}

/** The server's own log where it runs, else what the extension knows. */
export async function openLog(server: Server, log: vscode.LogOutputChannel): Promise<void> {
  if (server.phase.kind !== "running") {
    log.show();
    return;
  }
  await server.command("scholiast.openLog", []);
}
