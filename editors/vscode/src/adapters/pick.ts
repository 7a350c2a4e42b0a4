/** “Select Adapter”: which LoRA adapter changes how the model writes. */
import * as vscode from "vscode";
import type { Server } from "../server/server";

/** One adapter as `scholiast/adapters` lists it. */
export interface Adapter {
  readonly name: string;
  readonly tasks: readonly string[];
  readonly base: string | null;
  /** Why it can't be used with the model in use, and what to do. */
  readonly problem: string | null;
  readonly advice: string | null;
  /** What makes doubtful how it will write. */
  readonly remark: string | null;
  readonly selected: boolean;
}

interface Entry extends vscode.QuickPickItem {
  readonly name: string | null;
}

/** Ask, and tell the server what was chosen. */
export async function pickAdapter(server: Server): Promise<void> {
  const { adapters } = await server.request<{ adapters: Adapter[] }>("scholiast/adapters", {});
  if (adapters.length === 0) {
    void vscode.window.showInformationMessage("There are no adapters. `scholiast adapters add` takes one in.");
    return;
  }
  const isNone = adapters.every(({ selected }) => !selected);
  const none: Entry = {
    name: null,
    label: "None",
    detail: "The model as it is.",
    ...(isNone ? { description: "current" } : {}),
  };
  const entries = [none, ...adapters.map(entry)];
  const chosen = await vscode.window.showQuickPick(entries, { title: "Adapter", matchOnDetail: true });
  if (chosen !== undefined) {
    await server.request("scholiast/selectAdapter", { name: chosen.name });
  }
}

function entry({ name, tasks, base, problem, advice, remark, selected }: Adapter): Entry {
  const facts = [tasks.length > 0 ? `for ${tasks.join(", ")}` : "", base ? `made for ${base}` : "", remark ?? ""];
  return {
    name,
    label: problem ? `$(warning) ${name}` : name,
    detail: (problem ? [problem, advice ?? ""] : facts).filter(Boolean).join(" · "),
    ...(selected ? { description: "current" } : {}),
  };
}
