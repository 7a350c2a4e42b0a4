/** Starts the server again when what it was found by has changed, and offers to install it where it is missing. */
import * as vscode from "vscode";
import type { Installer } from "./install";
import type { Server } from "./server";

export function followSettings(server: Server, installer: Installer): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("scholiast.server.path")) {
        void server.restart();
      }
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => void server.restart()),
    server.onDidChangePhase((phase) => {
      void vscode.commands.executeCommand("setContext", "scholiast.isRunning", phase.kind === "running");
      if (phase.kind === "missing") {
        void installer.offer();
      } else if (phase.kind === "running") {
        void installer.offerUpdate();
      }
    }),
  );
}
