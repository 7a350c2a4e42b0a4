/** “Show History”: earlier conversations of this workspace, to go on with or to delete. */
import * as vscode from "vscode";
import type { Chat } from "./chat";
import type { History } from "./history";
import { title, type Conversation } from "./model";

interface Entry extends vscode.QuickPickItem {
  readonly conversation: Conversation;
}

const DELETE: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("trash"), tooltip: "Delete" };

/** Show them, and what is chosen in the chat; whether one was chosen. */
export function pickConversation(history: History, chat: Chat): Promise<boolean> {
  const pick = vscode.window.createQuickPick<Entry>();
  pick.title = "Conversations";
  pick.placeholder = "Go on with a conversation";
  pick.items = history.all().map(entry);
  return new Promise((resolve) => {
    pick.onDidTriggerItemButton(async ({ item }) => {
      await history.forget(item.conversation.id);
      pick.items = history.all().map(entry);
    });
    pick.onDidAccept(() => {
      const chosen = pick.activeItems[0];
      if (chosen !== undefined) {
        chat.open(chosen.conversation);
        resolve(true);
      }
      pick.hide();
    });
    pick.onDidHide(() => {
      pick.dispose();
      resolve(false);
    });
    pick.show();
  });
}

function entry(conversation: Conversation): Entry {
  const { changed, turns } = conversation;
  const questions = turns.length === 1 ? "1 question" : `${turns.length} questions`;
  return {
    conversation,
    label: title(conversation),
    description: `${questions} · ${new Date(changed).toLocaleString()}`,
    buttons: [DELETE],
  };
}
