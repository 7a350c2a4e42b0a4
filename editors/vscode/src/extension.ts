/** Puts the parts together when VS Code starts the extension, and ends the server when it stops it. */
import * as path from "node:path";
import * as vscode from "vscode";
import { registerParticipant } from "./assistant/participant";
import { registerTool } from "./assistant/tool";
import { Chat } from "./chat/chat";
import { History } from "./chat/history";
import { ChatView } from "./chat/view";
import { attachedTo } from "./chat/attaching";
import { registerCommands } from "./commands/commands";
import { Reveal } from "./documents/reveal";
import { SearchPicker } from "./search/picker";
import { followSettings } from "./server/following";
import { Installer } from "./server/install";
import { Server } from "./server/server";
import { statusItem } from "./status/item";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel("Scholiast", { log: true });
  const environment = path.join(context.globalStorageUri.fsPath, "server");
  server = new Server(environment, log);
  const installer = new Installer(context, environment, server, log);
  const reveal = new Reveal();
  const history = new History(context.workspaceState);
  const chat = new Chat(server, history);
  const view = new ChatView(context.extensionUri, chat, server, reveal);
  const search = new SearchPicker(server, reveal, (place) => void view.focus(attachedTo(place)));
  context.subscriptions.push(
    ...[log, server, reveal, chat, view],
    registerCommands({ server, installer, chat, history, view, search, log }),
    statusItem(server),
    followSettings(server, installer),
    registerParticipant(server, context.extensionUri),
    registerTool(server),
  );
  void server.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
