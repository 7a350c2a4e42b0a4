/** `@scholiast` in VS Code's own chat, where there is one. Must not know the extension's own chat. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { inView, plain } from "../documents/here";
import { ask } from "../server/asking";
import { keep } from "../server/judging";
import type { Citation, Question } from "../server/protocol";
import type { Server } from "../server/server";
import { vscodeRange } from "../commands/place";
import { sourceLine } from "./text";

const ID = "scholiast.participant";

/** Nothing where VS Code has no chat. */
export function registerParticipant(server: Server, extension: vscode.Uri): vscode.Disposable {
  // Older and other editors lack it, whatever the types say.
  const { createChatParticipant } = (vscode as { chat?: Partial<typeof vscode.chat> }).chat ?? {};
  if (createChatParticipant === undefined) {
    return new vscode.Disposable(() => undefined);
  }
  const participant = createChatParticipant(ID, (request, context, stream, token) =>
    respond(server, request, context, stream, token),
  );
  participant.iconPath = vscode.Uri.joinPath(extension, "media", "icon.png");
  const judging = participant.onDidReceiveFeedback((feedback) => void judge(server, feedback));
  return vscode.Disposable.from(participant, judging);
}

/** Answer one question of that chat. */
export async function respond(
  server: Server,
  request: vscode.ChatRequest,
  context: vscode.ChatContext,
  stream: vscode.ChatResponseStream,
  token: vscode.CancellationToken,
): Promise<vscode.ChatResult> {
  const conversation = conversationOf(context) ?? randomUUID();
  const question: Question = {
    ...{ id: randomUUID(), question: request.prompt, conversation, openDocuments: inView() },
    ...pointedAt(request),
  };
  stream.progress("Reading the code");
  try {
    const tell = ({ text, reset }: { text: string; reset?: boolean }): void =>
      stream.markdown(reset ? `\n\n---\n\n*Some of that did not hold. Written again:*\n\n${text}` : text);
    const answer = await ask(server, question, tell, token);
    showSources(answer.citations, stream);
    return { metadata: { conversation, answer: answer.id } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { errorDetails: { message }, metadata: { conversation } };
  }
}

/** Keep what VS Code's own buttons say of an answer, unless the user wants nothing kept. */
async function judge(server: Server, { result, kind }: vscode.ChatResultFeedback): Promise<void> {
  const id: unknown = result.metadata?.answer;
  const keeps = vscode.workspace.getConfiguration("scholiast").get<boolean>("answer.feedback", true);
  if (typeof id === "string" && keeps) {
    const verdict = kind === vscode.ChatResultFeedbackKind.Helpful ? "good" : "bad";
    await keep(server, { id, verdict });
  }
}

function showSources(citations: readonly Citation[], stream: vscode.ChatResponseStream): void {
  stream.markdown("\n\n");
  for (const citation of [...citations].sort((one, other) => one.n - other.n)) {
    const { uri, range } = citation;
    if (uri !== null && range !== null) {
      const location = new vscode.Location(vscode.Uri.parse(uri), vscodeRange(range));
      stream.reference(location);
      stream.markdown(`- [${citation.n}] `);
      stream.anchor(location, `${citation.path}:${citation.start_line}`);
    }
    stream.markdown(`${sourceLine(citation)}\n`);
  }
}

/** The conversation that earlier answers of this chat belong to. */
function conversationOf({ history }: vscode.ChatContext): string | undefined {
  const last = history.findLast((turn) => turn instanceof vscode.ChatResponseTurn);
  const metadata: unknown = last?.result.metadata?.conversation;
  return typeof metadata === "string" ? metadata : undefined;
}

/** The first file or selection that was attached to the question. */
function pointedAt({ references }: vscode.ChatRequest): Pick<Question, "textDocument" | "range"> {
  for (const { value } of references) {
    if (value instanceof vscode.Location) {
      return { textDocument: { uri: value.uri.toString() }, range: plain(value.range) };
    }
    if (value instanceof vscode.Uri) {
      return { textDocument: { uri: value.toString() } };
    }
  }
  return {};
}
