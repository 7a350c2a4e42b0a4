/** What the status bar says, in words. Must not know VS Code or who asks. */
import type { Status } from "../server/protocol";
import type { Phase } from "../server/server";

export interface Shown {
  /** With `$(icon)`s. */
  readonly text: string;
  readonly detail: string;
  /** For screen readers: without icons. */
  readonly spoken: string;
  readonly severity: "none" | "warning" | "error";
}

/** The item for a server's phase and what it told last. */
export function shown(phase: Phase, status: Status | undefined): Shown {
  switch (phase.kind) {
    case "missing":
      return item("$(cloud-download) Scholiast", "The server is not installed. Click to install it.", "warning");
    case "failed":
      return item("$(error) Scholiast", phase.message, "error");
    case "starting":
      return item("$(loading~spin) Scholiast", "The server is starting.");
    case "running":
      return status === undefined ? item("$(loading~spin) Scholiast", "The server is starting.") : indexes(status);
  }
}

/** `83 files, 1,204 chunks` */
export function amounts({ files, chunks }: Pick<Status, "files" | "chunks">): string {
  return `${counted(files, "file")}, ${counted(chunks, "chunk")}`;
}

/** `llama, adapter house-style` */
export function writer({ engine, adapter }: Pick<Status, "engine" | "adapter">): string {
  const name = engine === "extractive" ? "the code alone, no model" : engine;
  return adapter === null ? name : `${name}, adapter ${adapter}`;
}

function indexes(status: Status): Shown {
  switch (status.state) {
    case "starting":
      return item("$(loading~spin) Scholiast", "The index is being opened.");
    case "indexing": {
      const percent = status.percent === null ? "" : ` ${status.percent} %`;
      return item(`$(loading~spin) Scholiast${percent}`, `Indexing${percent}: ${status.message || amounts(status)}`);
    }
    case "paused":
      return item("$(debug-pause) Scholiast", `Indexing is paused: ${status.message || amounts(status)}`, "warning");
    case "problem":
      return item("$(warning) Scholiast", status.message || "The index has a problem. The log says which.", "warning");
    case "ready":
      return item("$(book) Scholiast", `${amounts(status)}. Answers: ${writer(status)}.`);
  }
}

function item(text: string, detail: string, severity: Shown["severity"] = "none"): Shown {
  return { text, detail, spoken: `Scholiast: ${detail}`, severity };
}

function counted(count: number, name: string): string {
  return `${count.toLocaleString("en-US")} ${name}${count === 1 ? "" : "s"}`;
}
