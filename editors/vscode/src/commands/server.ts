/** Commands that the server does, with progress that can be cancelled, and how their results are shown. */
import * as vscode from "vscode";
import type { Place } from "../documents/reveal";
import type { SearchPicker } from "../search/picker";
import type { Hit, Mention } from "../server/protocol";
import type { Server } from "../server/server";
import { vscodeRange } from "./place";

/** Draft a doc comment; the server writes it into the document. */
export async function document(server: Server, { uri, range }: Place): Promise<void> {
  await run(server, "Documenting", "scholiast.document", [uri, range]);
}

/** Answer the question in a comment, below it; the server writes it into the document. */
export async function answerComment(server: Server, { uri, range }: Place): Promise<void> {
  await run(server, "Answering", "scholiast.answerComment", [uri, range.start.line]);
}

/** List code that has to do with a place. */
export async function related(server: Server, { uri, range }: Place, search: SearchPicker): Promise<void> {
  const title = "Looking for related code";
  const { hits } = await run<{ hits: Hit[] }>(server, title, "scholiast.related", [uri, range]);
  search.list("Related Code", hits);
}

/** Peek at the lines that mention a name. */
export async function references(server: Server, { uri, range }: Place, name: string): Promise<void> {
  const title = `Looking for ${name}`;
  const { places } = await run<{ places: Mention[] }>(server, title, "scholiast.references", [uri, range, name]);
  if (places.length === 0) {
    void vscode.window.showInformationMessage(`Nothing refers to ${name}.`);
    return;
  }
  const locations = places.map((place) => new vscode.Location(vscode.Uri.parse(place.uri), vscodeRange(place.range)));
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  await vscode.window.showTextDocument(document, { preview: true, selection: vscodeRange(range) });
  const from = vscodeRange(range).start;
  await vscode.commands.executeCommand("editor.action.showReferences", document.uri, from, locations);
}

function run<Result>(server: Server, title: string, command: string, given: readonly unknown[]): Promise<Result> {
  const { Window } = vscode.ProgressLocation;
  return Promise.resolve(
    vscode.window.withProgress({ location: Window, title: `Scholiast: ${title}`, cancellable: true }, (_, token) =>
      server.command<Result>(command, given, token),
    ),
  );
}
