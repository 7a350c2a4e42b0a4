/** “Select Engine”: what writes answers, as a setting. */
import * as vscode from "vscode";

type Engine = "auto" | "extractive" | "llama" | "endpoint";

interface Entry extends vscode.QuickPickItem {
  readonly engine: Engine;
}

const ENTRIES: readonly Entry[] = [
  { engine: "auto", label: "Automatic", detail: "The model where one is set, else the endpoint, else the code alone." },
  {
    engine: "extractive",
    label: "The code alone",
    detail: "Definitions, doc comments and calls, at once and without a model.",
  },
  {
    engine: "llama",
    label: "A model on this machine",
    detail: "A GGUF file that llama.cpp runs in a process of its own.",
  },
  {
    engine: "endpoint",
    label: "An endpoint",
    detail: "A server that speaks OpenAI's protocol. Questions and code go there.",
  },
];

/** Ask, and set what was chosen, with what it needs. */
export async function pickEngine(): Promise<void> {
  const settings = vscode.workspace.getConfiguration("scholiast");
  const current = settings.get<Engine>("answer.engine", "auto");
  const entries = ENTRIES.map((entry) => (entry.engine === current ? { ...entry, description: "current" } : entry));
  const chosen = await vscode.window.showQuickPick(entries, { title: "What Writes Answers", matchOnDetail: true });
  if (chosen !== undefined && (await hasItsNeeds(chosen.engine, settings))) {
    await choose(settings, "answer.engine", chosen.engine);
  }
}

async function hasItsNeeds(engine: Engine, settings: vscode.WorkspaceConfiguration): Promise<boolean> {
  if (engine === "llama" && !settings.get<string>("model.path")) {
    const filters = { "GGUF models": ["gguf"] };
    const chosen = await vscode.window.showOpenDialog({ title: "A Chat Model", filters, canSelectMany: false });
    if (chosen?.[0] !== undefined) {
      await choose(settings, "model.path", chosen[0].fsPath);
    }
    return chosen?.[0] !== undefined;
  }
  if (engine === "endpoint" && !settings.get<string>("endpoint.url")) {
    const url = await vscode.window.showInputBox({
      title: "Where the Endpoint Listens",
      placeHolder: "http://127.0.0.1:8080/v1",
      validateInput: (value) =>
        /^https?:\/\/\S+$/.test(value) ? undefined : "An address that begins with http:// or https://",
    });
    if (url !== undefined) {
      await choose(settings, "endpoint.url", url);
    }
    return url !== undefined;
  }
  return true;
}

/** In the workspace if it says something already, else for the user. */
async function choose(settings: vscode.WorkspaceConfiguration, key: string, value: string): Promise<void> {
  const isOfWorkspace = vscode.workspace.isTrusted && settings.inspect(key)?.workspaceValue !== undefined;
  const { Workspace, Global } = vscode.ConfigurationTarget;
  await settings.update(key, value, isOfWorkspace ? Workspace : Global);
}
