/** Every command of the extension by its name. Must not know how any of them is done. */
import * as vscode from "vscode";
import { pickAdapter } from "../adapters/pick";
import { attachedTo } from "../chat/attaching";
import type { Chat } from "../chat/chat";
import { pickEngine } from "../chat/enginePick";
import { pickFeedback } from "../chat/feedbackPick";
import type { History } from "../chat/history";
import { pickConversation } from "../chat/historyPick";
import type { ChatView } from "../chat/view";
import type { SearchPicker } from "../search/picker";
import type { Installer } from "../server/install";
import type { Range } from "../server/protocol";
import type { Server } from "../server/server";
import { showStatus } from "../status/menu";
import { openLog, rebuild } from "./index";
import { placeOf, rangeOf } from "./place";
import { answerComment, document, references, related } from "./server";

const EXPLAIN = "Explain this.";

export interface Parts {
  readonly server: Server;
  readonly installer: Installer;
  readonly chat: Chat;
  readonly history: History;
  readonly view: ChatView;
  readonly search: SearchPicker;
  readonly log: vscode.LogOutputChannel;
}

type Command = (...given: unknown[]) => unknown;

/** Register them; what goes wrong is said to the user. Code actions, lenses and hovers give places along. */
export function registerCommands(parts: Parts): vscode.Disposable {
  const { server, view, chat, search } = parts;
  const commands: Record<string, Command> = {
    ask: (question) => (typeof question === "string" && question.trim() ? view.ask(question) : view.focus()),
    explain: (uri, range) => view.ask(EXPLAIN, attachedTo(placeOf(uri, range))),
    askSelection: (_question, uri, range) => view.focus(attachedTo(placeOf(uri, range))),
    document: (uri, range) => document(server, placeOf(uri, range)),
    answerComment: (uri, line) =>
      answerComment(server, placeOf(uri, typeof line === "number" ? lineRange(line) : line)),
    related: (uri, range) => related(server, placeOf(uri, range), search),
    references: (uri, range, name) => references(server, placeOf(uri, range), String(name)),
    search: (query) => search.show(typeof query === "string" ? query : undefined),
    reindex: (uri) => rebuild(server, typeof uri === "string" ? uri : undefined),
    selectAdapter: () => pickAdapter(server),
    selectEngine: () => pickEngine(),
    status: () => (server.phase.kind === "missing" ? parts.installer.install() : showStatus(server)),
    openLog: () => openLog(server, parts.log),
    restart: () => server.restart(),
    install: () => parts.installer.install(),
    newConversation: () => {
      chat.open();
      return view.focus();
    },
    history: async () => {
      if (await pickConversation(parts.history, chat)) {
        await view.focus();
      }
    },
    feedback: () => pickFeedback(server),
    settings: () => vscode.commands.executeCommand("workbench.action.openSettings", "@ext:scholiast.scholiast"),
  };
  return vscode.Disposable.from(
    ...Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(`scholiast.${name}`, told(run))),
  );
}

/** The same command, whose errors are shown. */
function told(run: Command): Command {
  return async (...given) => {
    try {
      return await run(...given);
    } catch (error) {
      if (!(error instanceof vscode.CancellationError)) {
        void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
      }
      return undefined;
    }
  };
}

function lineRange(line: number): Range {
  return rangeOf(new vscode.Range(line, 0, line, 0));
}
