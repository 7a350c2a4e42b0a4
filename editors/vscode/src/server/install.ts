/** Offers to install the server, does so with progress, and says what to do where that can't be. */
import { execFile } from "node:child_process";
import * as vscode from "vscode";
import { install, InstallError, isOutdated, requirement } from "./environment";
import { findPython, type Python } from "./python";
import type { Server } from "./server";

const PROBE_TIMEOUT_MS = 10_000;
const GUIDE = "https://docs.python.org/3/using/index.html";

export class Installer {
  #isBusy = false;
  #wasOffered = false;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly environment: string,
    private readonly server: Server,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  /** Ask once a session whether to install, when no server was found. */
  async offer(): Promise<void> {
    if (this.#wasOffered) {
      return;
    }
    this.#wasOffered = true;
    const chosen = await vscode.window.showInformationMessage(
      "Scholiast needs its server, a Python program. Install it into an environment of its own? Nothing else on this machine changes.",
      "Install",
      "Choose a Program…",
    );
    if (chosen === "Install") {
      await this.install();
    } else if (chosen !== undefined) {
      await chooseProgram();
    }
  }

  /** Bring the extension's own environment to its version, after asking; what serves meanwhile is the old one. */
  async offerUpdate(): Promise<void> {
    const { phase } = this.server;
    const isOwn = phase.kind === "running" && phase.found.origin === "installed";
    if (isOwn && (await isOutdated(this.environment, this.#version))) {
      const chosen = await vscode.window.showInformationMessage(
        `Scholiast's server is of an earlier version than the extension (${this.#version}).`,
        "Update",
      );
      if (chosen === "Update") {
        await this.install();
      }
    }
  }

  /** Install, with progress that can be cancelled, and start what was installed. */
  async install(): Promise<void> {
    if (this.#isBusy) {
      return;
    }
    this.#isBusy = true;
    try {
      const python = await this.#findPython();
      if (python !== undefined) {
        await this.#installWith(python);
      }
    } finally {
      this.#isBusy = false;
    }
  }

  get #version(): string {
    return (this.context.extension.packageJSON as { version: string }).version;
  }

  async #findPython(): Promise<Python | undefined> {
    const set = vscode.workspace.getConfiguration("scholiast").get("server.python", "");
    const found = await findPython(printed, process.platform, set);
    if ("command" in found) {
      return found;
    }
    this.log.warn(found.problem);
    const message = `${found.problem} Install it (${found.remedy}), then run “Scholiast: Install Server” again.`;
    const chosen = await vscode.window.showErrorMessage(message, "Copy Command", "How to Install Python");
    if (chosen === "Copy Command") {
      await vscode.env.clipboard.writeText(found.remedy);
    } else if (chosen !== undefined) {
      await vscode.env.openExternal(vscode.Uri.parse(GUIDE));
    }
    return undefined;
  }

  async #installWith(python: Python): Promise<void> {
    const wanted = await requirement(this.context.extensionPath, this.#version);
    const stop = new AbortController();
    let failure: unknown;
    try {
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: "Scholiast", cancellable: true },
        async (progress, token) => {
          token.onCancellationRequested(() => stop.abort());
          await this.server.stop(); // on some systems what runs can't be replaced
          await install(this.environment, python, wanted, this.#version, {
            step: (message) => progress.report({ message }),
            line: (text) => this.log.info(text),
            cancelled: stop.signal,
          });
        },
      );
    } catch (error) {
      failure = error;
    }
    await this.server.restart();
    if (failure !== undefined && !stop.signal.aborted) {
      await this.#failed(failure);
    }
  }

  async #failed(error: unknown): Promise<void> {
    const message = error instanceof InstallError ? error.message : String(error);
    this.log.error(message);
    const chosen = await vscode.window.showErrorMessage(`Scholiast was not installed. ${message}`, "Open Log");
    if (chosen !== undefined) {
      this.log.show();
    }
  }
}

async function chooseProgram(): Promise<void> {
  const chosen = await vscode.window.showOpenDialog({ title: "The program scholiast", canSelectMany: false });
  if (chosen?.[0] !== undefined) {
    const settings = vscode.workspace.getConfiguration("scholiast");
    await settings.update("server.path", chosen[0].fsPath, vscode.ConfigurationTarget.Global);
  }
}

function printed(program: string, given: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(program, given, { timeout: PROBE_TIMEOUT_MS }, (error, stdout) => resolve(error ? undefined : stdout));
  });
}
