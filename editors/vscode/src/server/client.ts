/** The language client: how a server is started and what of LSP is done differently here. */
import * as vscode from "vscode";
import {
  ExecuteCommandRequest,
  LanguageClient,
  type CloseHandlerResult,
  type DynamicFeature,
  type LanguageClientOptions,
  type Middleware,
  type StaticFeature,
  CloseAction,
  ErrorAction,
  WorkDoneProgressCancelNotification,
} from "vscode-languageclient/node";
import manifest from "../../package.json";
import { chosenSettings, settingKeys } from "./settings";

/** Commands that links of hovers may run. */
const LINKED_COMMANDS = ["scholiast.explain", "scholiast.references"];
const KEYS = settingKeys(manifest);

export interface ClientEvents {
  /** The server has ended by itself; whether to start it again. */
  readonly ended: () => boolean;
  /** An index is being built, or no longer; `cancel` stops that. */
  readonly indexing: (cancel: (() => void) | undefined) => void;
}

/**
 * A client whose commands are all the extension's own: they exist while no server runs, and show what they find. What
 * fails is logged and pops up nowhere: whoever asked says so, and the status bar tells of the server.
 */
class Client extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override registerFeature(feature: StaticFeature | DynamicFeature<unknown>): void {
    const isCommands =
      "registrationType" in feature && feature.registrationType.method === ExecuteCommandRequest.method;
    if (!isCommands) {
      super.registerFeature(feature);
    }
  }
}

/** A client for a program; not started yet. */
export function makeClient(program: string, log: vscode.LogOutputChannel, events: ClientEvents): LanguageClient {
  const options: LanguageClientOptions = {
    documentSelector: [{ scheme: "file" }],
    outputChannel: log,
    initializationOptions: { commandLinks: true, pages: false },
    markdown: { isTrusted: { enabledCommands: LINKED_COMMANDS }, supportHtml: false },
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: (): CloseHandlerResult => ({
        action: events.ended() ? CloseAction.Restart : CloseAction.DoNotRestart,
        handled: true,
      }),
    },
    initializationFailedHandler: () => false,
    middleware: middleware(events, () => client),
  };
  // The folder of the workspace is not where it starts: what lies there must not be loaded by accident.
  const client = new Client(
    "scholiast",
    "Scholiast",
    { command: program, args: ["serve"], options: { cwd: vscode.env.appRoot, env: process.env } },
    options,
  );
  return client;
}

/** Progress is shown where the work is asked for: by the status bar, the chat and the commands. */
function middleware(events: ClientEvents, client: () => LanguageClient): Middleware {
  let indexing: string | number | undefined;
  return {
    handleWorkDoneProgress: (token, params) => {
      if (params.kind === "begin" && params.title.startsWith("Indexing")) {
        indexing = token;
        events.indexing(() => void client().sendNotification(WorkDoneProgressCancelNotification.type, { token }));
      } else if (params.kind === "end" && token === indexing) {
        events.indexing(undefined);
      }
    },
    workspace: {
      configuration: (params) => params.items.map((item) => settingsOf(item.scopeUri)),
    },
  };
}

function settingsOf(folder: string | undefined): unknown {
  const found = vscode.workspace.getConfiguration("scholiast", folder ? vscode.Uri.parse(folder) : undefined);
  return chosenSettings(KEYS, (key) => found.inspect(key), vscode.workspace.isTrusted);
}
