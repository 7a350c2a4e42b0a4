/** Where the user is: the active editor's selection, and what else is in view. Must not know what is asked about it. */
import * as vscode from "vscode";
import type { Range } from "../server/protocol";
import type { Place } from "./reveal";

/** The selection, or the cursor, of the editor that has or had the focus; undefined where no file is open. */
export function here(): Place | undefined {
  const editor = vscode.window.activeTextEditor;
  return editor?.document.uri.scheme === "file"
    ? { uri: editor.document.uri.toString(), range: plain(editor.selection) }
    : undefined;
}

/** URIs of the files in view, the active one first. */
export function inView(): string[] {
  const editors = [vscode.window.activeTextEditor, ...vscode.window.visibleTextEditors];
  const uris = editors.filter((editor) => editor?.document.uri.scheme === "file");
  return [...new Set(uris.map((editor) => String(editor?.document.uri)))];
}

/** A range as it goes over the wire. */
export function plain(range: vscode.Range): Range {
  return {
    start: { line: range.start.line, character: range.start.character },
    end: { line: range.end.line, character: range.end.character },
  };
}

/** `src/app.py:10-20`, as people read it; a range that ends before the first character of a line leaves that out. */
export function placeLabel({ uri, range }: Place): string {
  const path = vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
  const ends = range.end.character === 0 && range.end.line > range.start.line ? range.end.line : range.end.line + 1;
  return ends > range.start.line + 1 ? `${path}:${range.start.line + 1}-${ends}` : `${path}:${range.start.line + 1}`;
}
