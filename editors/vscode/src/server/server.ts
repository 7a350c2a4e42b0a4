/** The server's life: found, started, ended, started again; and the one way to ask it anything. */
import * as os from "node:os";
import * as vscode from "vscode";
import { type LanguageClient, State } from "vscode-languageclient/node";
import { makeClient } from "./client";
import { isProgram } from "./files";
import { locate, searchPath, type Found, type Unusable } from "./locate";
import type { AnswerDelta, Status } from "./protocol";
import { Restarts } from "./restarts";

/** How far the server is. */
export type Phase =
  | { readonly kind: "missing" }
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly found: Found; readonly version: string }
  | { readonly kind: "failed"; readonly message: string };

/** Nothing can be asked now; the message says why and what to do. */
export class NotRunningError extends Error {}

export class Server implements vscode.Disposable {
  readonly #phaseChanged = new vscode.EventEmitter<Phase>();
  readonly #statusChanged = new vscode.EventEmitter<Status | undefined>();
  readonly #deltas = new vscode.EventEmitter<AnswerDelta>();
  readonly #restarts = new Restarts();
  #phase: Phase = { kind: "starting" };
  #status: Status | undefined;
  #client: LanguageClient | undefined;
  #changing: Promise<void> = Promise.resolve();
  #cancelIndexing: (() => void) | undefined;

  readonly onDidChangePhase = this.#phaseChanged.event;
  readonly onDidChangeStatus = this.#statusChanged.event;
  readonly onAnswerDelta = this.#deltas.event;

  constructor(
    private readonly environment: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  get phase(): Phase {
    return this.#phase;
  }

  /** What it last told of its indexes; undefined while it does not run. */
  get status(): Status | undefined {
    return this.#status;
  }

  /** Stops what builds an index now; undefined when nothing does. */
  get cancelIndexing(): (() => void) | undefined {
    return this.#cancelIndexing;
  }

  /** Find and start it; what runs already is stopped before. Never fails: the phase says how it went. */
  restart(): Promise<void> {
    this.#restarts.forget();
    this.#changing = this.#changing.then(async () => {
      await this.#stop();
      await this.#start();
    });
    return this.#changing;
  }

  /** End it, as the last thing or before it is replaced. */
  stop(): Promise<void> {
    this.#changing = this.#changing.then(() => this.#stop());
    return this.#changing;
  }

  /** The result of a method of its own or of LSP. */
  async request<Result>(method: string, params: object, token?: vscode.CancellationToken): Promise<Result> {
    const client = await this.#running();
    return token ? client.sendRequest<Result>(method, params, token) : client.sendRequest<Result>(method, params);
  }

  /** The result of one of its commands. */
  command<Result>(name: string, given: readonly unknown[], token?: vscode.CancellationToken): Promise<Result> {
    return this.request<Result>("workspace/executeCommand", { command: name, arguments: given }, token);
  }

  dispose(): void {
    for (const emitter of [this.#phaseChanged, this.#statusChanged, this.#deltas]) {
      emitter.dispose();
    }
  }

  /** Wait for the server that is asked for to run. */
  async #running(): Promise<LanguageClient> {
    await this.#changing;
    const client = this.#client;
    if (this.#phase.kind === "starting" && client !== undefined) {
      await client.start().catch(() => undefined); // it is on its way; that it fails is told by the phase
    }
    if (client?.state !== State.Running) {
      throw new NotRunningError(whyNot(this.#phase));
    }
    return client;
  }

  async #start(): Promise<void> {
    const found = this.#locate();
    if (found === undefined) {
      this.#enter({ kind: "missing" });
      return;
    }
    if ("problem" in found) {
      this.#enter({ kind: "failed", message: found.problem });
      return;
    }
    this.log.info(`Starting ${found.program} (${found.origin})`);
    this.#enter({ kind: "starting" });
    const client = makeClient(found.program, this.log, {
      ended: () => this.#ended(),
      indexing: (cancel) => (this.#cancelIndexing = cancel),
    });
    this.#client = client;
    client.onNotification("scholiast/statusChanged", (status: Status) => this.#tell(status));
    client.onNotification("scholiast/answerDelta", (delta: AnswerDelta) => this.#deltas.fire(delta));
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Running && client === this.#client) {
        this.#enter({ kind: "running", found, version: client.initializeResult?.serverInfo?.version ?? "" });
        void this.#refresh(client);
      }
    });
    await client.start().catch((error: unknown) => {
      this.log.error(`${found.program} can't be started: ${String(error)}`);
      this.#enter({ kind: "failed", message: `${found.program} can't be started. The log says why.` });
    });
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    this.#tell(undefined);
    await client?.dispose().catch((error: unknown) => this.log.warn(`The server did not end well: ${String(error)}`));
  }

  #ended(): boolean {
    const again = this.#restarts.isWorthwhile();
    this.#cancelIndexing = undefined;
    this.#tell(undefined);
    this.log.warn(`The server has ended by itself; ${again ? "it is started again" : "it is not started again"}.`);
    this.#enter(
      again
        ? { kind: "starting" }
        : { kind: "failed", message: "The server has ended several times within minutes. Its log says why." },
    );
    return again;
  }

  async #refresh(client: LanguageClient): Promise<void> {
    try {
      this.#tell(await client.sendRequest<Status>("scholiast/status", {}));
    } catch (error) {
      this.log.warn(`The server does not tell its status: ${String(error)}`);
    }
  }

  #locate(): Found | Unusable | undefined {
    return locate({
      setting: vscode.workspace.getConfiguration("scholiast").get("server.path", ""),
      folders: (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath),
      isTrusted: vscode.workspace.isTrusted,
      searchPath: searchPath(process.env.PATH, process.platform),
      own: this.environment,
      home: os.homedir(),
      platform: process.platform,
      isProgram,
    });
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#phaseChanged.fire(phase);
  }

  #tell(status: Status | undefined): void {
    this.#status = status;
    this.#statusChanged.fire(status);
  }
}

function whyNot(phase: Phase): string {
  switch (phase.kind) {
    case "missing":
      return "Scholiast's server is not installed. Run “Scholiast: Install Server”.";
    case "failed":
      return phase.message;
    default:
      return "Scholiast's server is starting. Ask again in a moment.";
  }
}
