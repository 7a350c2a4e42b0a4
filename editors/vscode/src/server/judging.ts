/** Says of an answer what the user thinks of it. Must not know who asked. */
import * as vscode from "vscode";
import type { Feedback } from "./protocol";
import type { Server } from "./server";

/** Whether it is kept; why not, is told. */
export async function keep(server: Server, feedback: Feedback): Promise<boolean> {
  try {
    await server.request("scholiast/feedback", feedback);
    return true;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    void vscode.window.showWarningMessage(`That is not kept: ${message}`);
    return false;
  }
}
