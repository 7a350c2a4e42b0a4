/** “Show Feedback”: what was said of answers and is kept, to be seen and deleted. */
import * as vscode from "vscode";
import type { KeptFeedback } from "../server/protocol";
import type { Server } from "../server/server";

interface Kept {
  readonly file: string | null;
  readonly verdicts: readonly KeptFeedback[];
}

interface Entry extends vscode.QuickPickItem {
  readonly kept: KeptFeedback;
}

const DELETE: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("trash"), tooltip: "Delete" };
const DELETE_ALL: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("clear-all"), tooltip: "Delete All" };
const OPEN_FILE: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("go-to-file"), tooltip: "Open the File" };

/** Show all that is kept, on this machine. */
export async function pickFeedback(server: Server): Promise<void> {
  const pick = vscode.window.createQuickPick<Entry>();
  pick.title = "Feedback on Answers, Kept on This Machine";
  pick.matchOnDetail = true;
  const show = async (): Promise<string | null> => {
    const { file, verdicts } = await server.command<Kept>("scholiast.listFeedback", []);
    pick.items = verdicts.map(entry);
    pick.placeholder = verdicts.length > 0 ? "What you said of answers, the latest first" : "Nothing is kept";
    pick.buttons = verdicts.length > 0 ? [OPEN_FILE, DELETE_ALL] : [];
    return file;
  };
  const file = await show();
  const forget = async (answers?: readonly string[]): Promise<void> => {
    await server.command("scholiast.forgetFeedback", answers ? [answers] : []);
    await show();
  };
  pick.onDidTriggerItemButton(({ item }) => forget([item.kept.answer]));
  pick.onDidTriggerButton(async (button) => {
    if (button === DELETE_ALL) {
      await forget();
    } else if (file !== null) {
      await vscode.window.showTextDocument(vscode.Uri.file(file));
    }
  });
  pick.onDidHide(() => pick.dispose());
  pick.show();
}

function entry(kept: KeptFeedback): Entry {
  const { verdict, question, time, edit, folder } = kept;
  const when = new Date(time).toLocaleString();
  return {
    kept,
    label: `$(${verdict === "good" ? "thumbsup" : "thumbsdown"}) ${question.replace(/\s+/g, " ")}`,
    description: `${folder.split(/[\\/]/).at(-1) ?? ""} · ${when}`,
    ...(edit === null ? {} : { detail: `Your version: ${edit.replace(/\s+/g, " ")}` }),
    buttons: [DELETE],
  };
}
