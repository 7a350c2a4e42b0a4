/** The chat view: the page in its container, and what its messages bring about. Must not know how answers are made. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { Reveal } from "../documents/reveal";
import { insertText } from "../documents/insert";
import type { Server } from "../server/server";
import type { Chat } from "./chat";
import { footer } from "./footer";
import { pageHtml } from "./html";
import { fromPage, type FromPage, type ToPage } from "./messages";
import type { Attached } from "./model";

const VIEW = "scholiast.chat";
const FEEDBACK = "scholiast.answer.feedback";

export class ChatView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #disposables: vscode.Disposable[];
  #view: vscode.WebviewView | undefined;
  #attached: Attached | null = null;
  /** Whether the question is to get the focus once the page is there. */
  #wantsFocus = false;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly chat: Chat,
    private readonly server: Server,
    private readonly reveal: Reveal,
  ) {
    const showFooter = (): void => this.#post(this.#footer());
    this.#disposables = [
      vscode.window.registerWebviewViewProvider(VIEW, this),
      chat.onDidChange((change) => this.#post(change)),
      server.onDidChangePhase(showFooter),
      server.onDidChangeStatus(showFooter),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(FEEDBACK)) {
          showFooter();
        }
      }),
    ];
  }

  /** Bring the view to the front, with code attached to the next question, and put the focus there. */
  async focus(attached?: Attached): Promise<void> {
    if (attached !== undefined) {
      this.#attach(attached);
    }
    this.#wantsFocus = true;
    await vscode.commands.executeCommand(`${VIEW}.focus`);
    this.#post({ type: "focus" });
  }

  /** Bring the view to the front and ask. */
  async ask(question: string, attached?: Attached): Promise<void> {
    await vscode.commands.executeCommand(`${VIEW}.focus`);
    await this.chat.ask(question, attached);
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    const files = vscode.Uri.joinPath(this.extension, "out", "page");
    const at = (name: string): string => view.webview.asWebviewUri(vscode.Uri.joinPath(files, name)).toString();
    view.webview.options = { enableScripts: true, localResourceRoots: [files] };
    view.webview.onDidReceiveMessage(async (message: unknown) => {
      const known = fromPage(message);
      if (known !== undefined) {
        await this.#take(known);
      }
    });
    view.onDidDispose(() => (this.#view = undefined));
    view.webview.html = pageHtml({
      script: at("chat.js"),
      styles: [at("codicon.css"), at("chat.css")],
      source: view.webview.cspSource,
      nonce: randomBytes(24).toString("base64url"),
    });
  }

  dispose(): void {
    this.#disposables.forEach((disposable) => void disposable.dispose());
  }

  async #take(message: FromPage): Promise<void> {
    switch (message.type) {
      case "ready":
        return this.#showAll();
      case "ask": {
        const attached = this.#attached ?? undefined;
        this.#attach(null);
        await this.chat.ask(message.question, attached);
        return;
      }
      case "stop":
        return this.chat.stop();
      case "detach":
        return this.#attach(null);
      case "retry":
        return this.chat.retry(message.turn);
      case "open":
        return this.#open(message.turn, message.n);
      case "openAttached":
        return this.#openAttached(message.turn);
      case "judge":
        return this.chat.judge(message.turn, message.said);
      case "copy":
        return vscode.env.clipboard.writeText(message.text);
      case "insert":
        return insertText(message.text);
      case "run":
        await vscode.commands.executeCommand(`scholiast.${message.command}`);
        return;
    }
  }

  #showAll(): void {
    this.#post(this.#conversation());
    this.#post({ type: "attached", attached: this.#attached });
    this.#post(this.#footer());
    if (this.#wantsFocus) {
      this.#post({ type: "focus" });
    }
  }

  async #open(turn: string, n: number): Promise<void> {
    const source = this.chat.turn(turn)?.findings?.sources.find((known) => known.n === n);
    if (source?.uri === undefined || source.range === undefined) {
      return;
    }
    try {
      await this.reveal.show({ uri: source.uri, range: source.range });
    } catch {
      void vscode.window.showWarningMessage(`${source.label} can't be opened. It may be gone: ask again.`);
    }
  }

  async #openAttached(turn: string | null): Promise<void> {
    const attached = turn === null ? this.#attached : this.chat.turn(turn)?.attached;
    if (attached) {
      await this.reveal.show(attached);
    }
  }

  #attach(attached: Attached | null): void {
    this.#attached = attached;
    this.#post({ type: "attached", attached });
  }

  #conversation(): ToPage {
    return { type: "conversation", turns: this.chat.turns };
  }

  #footer(): ToPage {
    const keepsFeedback = vscode.workspace.getConfiguration().get(FEEDBACK, true);
    return { type: "footer", footer: footer(this.server.phase, this.server.status, keepsFeedback) };
  }

  #post(message: ToPage): void {
    void this.#view?.webview.postMessage(message);
  }
}
