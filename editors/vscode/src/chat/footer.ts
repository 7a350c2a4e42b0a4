/** What stands below the questions: what answers, and what is in the way. Must not know VS Code or the page. */
import type { Status } from "../server/protocol";
import type { Phase } from "../server/server";
import { shown } from "../status/text";
import type { Footer } from "./messages";

export function footer(phase: Phase, status: Status | undefined, keepsFeedback: boolean): Footer {
  const notice = noticeOf(phase, status);
  return {
    engine: status === undefined ? "Engine" : status.engine === "extractive" ? "The code alone" : status.engine,
    adapter: status?.adapter ?? "No adapter",
    keepsFeedback,
    ...(notice ? { notice } : {}),
  };
}

function noticeOf(phase: Phase, status: Status | undefined): Footer["notice"] {
  switch (phase.kind) {
    case "missing":
      return {
        text: "Scholiast needs its server, a Python program.",
        action: { title: "Install", command: "install" },
      };
    case "failed":
      return { text: phase.message, action: { title: "Restart", command: "restart" } };
    case "starting":
      return { text: "The server is starting." };
    case "running":
      return status && status.state !== "ready" ? { text: shown(phase, status).detail } : undefined;
  }
}
