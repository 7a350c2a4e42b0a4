/** The tool `scholiast_search` for language models in VS Code, where it has any. */
import * as vscode from "vscode";
import type { Hit } from "../server/protocol";
import type { Server } from "../server/server";
import { hitsText } from "./text";

const NAME = "scholiast_search";
const LIMIT_MAX = 20;

interface Given {
  readonly query: string;
  readonly limit?: number;
}

/** Nothing where VS Code has no such tools. */
export function registerTool(server: Server): vscode.Disposable {
  // Older and other editors lack it, whatever the types say.
  const { registerTool: register } = (vscode as { lm?: Partial<typeof vscode.lm> }).lm ?? {};
  if (register === undefined) {
    return new vscode.Disposable(() => undefined);
  }
  return register<Given>(NAME, {
    prepareInvocation: ({ input }) => ({ invocationMessage: `Searching the code for “${input.query}”` }),
    invoke: async ({ input }, token) => {
      const limit = Math.min(Math.max(1, input.limit ?? 8), LIMIT_MAX);
      const params = { query: input.query, limit };
      const { hits } = await server.request<{ hits: Hit[] }>("scholiast/search", params, token);
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(hitsText(hits))]);
    },
  });
}
