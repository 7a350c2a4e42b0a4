/** Asks, and hands on each piece of the text as it is written. Must not know who asks. */
import type { CancellationToken } from "vscode";
import type { Answer, AnswerDelta, Question } from "./protocol";
import type { Server } from "./server";

export async function ask(
  server: Server,
  question: Question,
  onDelta: (delta: AnswerDelta) => void,
  token: CancellationToken,
): Promise<Answer> {
  const listening = server.onAnswerDelta((delta) => {
    if (delta.id === question.id && !token.isCancellationRequested) {
      onDelta(delta);
    }
  });
  try {
    return await server.request<Answer>("scholiast/ask", question, token);
  } finally {
    listening.dispose();
  }
}
