/** What the chat page and the extension tell each other. Must not know VS Code or how anything is shown. */
import type { Attached, Said, Turn } from "./model";

/** From the extension to the page. */
export type ToPage =
  | { readonly type: "conversation"; readonly turns: readonly Turn[] }
  | { readonly type: "turn"; readonly turn: Turn }
  | { readonly type: "delta"; readonly id: string; readonly text: string; readonly reset: boolean }
  | { readonly type: "attached"; readonly attached: Attached | null }
  | { readonly type: "footer"; readonly footer: Footer }
  | { readonly type: "focus" };

/** What is shown below the questions. */
export interface Footer {
  readonly engine: string;
  readonly adapter: string;
  /** Whether answers can be judged. */
  readonly keepsFeedback: boolean;
  /** What keeps questions from being answered now, and what helps. */
  readonly notice?: { readonly text: string; readonly action?: { readonly title: string; readonly command: Command } };
}

export const COMMANDS = [
  "install",
  "restart",
  "openLog",
  "selectEngine",
  "selectAdapter",
  "search",
  "feedback",
] as const;
export type Command = (typeof COMMANDS)[number];

/** From the page to the extension. */
export type FromPage =
  | { readonly type: "ready" }
  | { readonly type: "ask"; readonly question: string }
  | { readonly type: "stop" }
  | { readonly type: "detach" }
  | { readonly type: "retry"; readonly turn: string }
  | { readonly type: "open"; readonly turn: string; readonly n: number }
  | { readonly type: "openAttached"; readonly turn: string | null }
  | { readonly type: "judge"; readonly turn: string; readonly said: Said | null }
  | { readonly type: "copy"; readonly text: string }
  | { readonly type: "insert"; readonly text: string }
  | { readonly type: "run"; readonly command: Command };

/** A message as it should be; undefined for anything else. */
export function fromPage(value: unknown): FromPage | undefined {
  const { type, question, turn, n, text, command, said } = (value ?? {}) as Record<string, unknown>;
  switch (type) {
    case "ready":
    case "stop":
    case "detach":
      return { type };
    case "ask":
      return typeof question === "string" && question.trim() ? { type, question } : undefined;
    case "retry":
      return typeof turn === "string" ? { type, turn } : undefined;
    case "open":
      return typeof turn === "string" && typeof n === "number" ? { type, turn, n } : undefined;
    case "openAttached":
      return typeof turn === "string" || turn === null ? { type, turn } : undefined;
    case "judge":
      return typeof turn === "string" && isSaid(said) ? { type, turn, said } : undefined;
    case "copy":
    case "insert":
      return typeof text === "string" ? { type, text } : undefined;
    case "run":
      return COMMANDS.some((known) => known === command) ? { type, command: command as Command } : undefined;
    default:
      return undefined;
  }
}

function isSaid(value: unknown): value is Said | null {
  const { verdict, edit } = (value ?? {}) as Partial<Said>;
  return value === null || (["good", "bad"].includes(verdict ?? "") && ["string", "undefined"].includes(typeof edit));
}
