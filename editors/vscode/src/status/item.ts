/** The item in the status bar. Must not know how an index is built. */
import * as vscode from "vscode";
import type { Server } from "../server/server";
import { shown } from "./text";

const COLORS = {
  none: undefined,
  warning: new vscode.ThemeColor("statusBarItem.warningBackground"),
  error: new vscode.ThemeColor("statusBarItem.errorBackground"),
};

/** Shows how the server is until it is disposed of. */
export function statusItem(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem("scholiast.status", vscode.StatusBarAlignment.Right, 90);
  item.name = "Scholiast";
  item.command = "scholiast.status";
  const show = (): void => {
    const { text, detail, spoken, severity } = shown(server.phase, server.status);
    item.text = text;
    item.tooltip = detail;
    item.accessibilityInformation = { label: spoken, role: "button" };
    item.backgroundColor = COLORS[severity];
  };
  show();
  item.show();
  return vscode.Disposable.from(item, server.onDidChangePhase(show), server.onDidChangeStatus(show));
}
