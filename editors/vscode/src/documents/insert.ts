/** Puts text where the cursor is. Must not know where the text comes from. */
import * as vscode from "vscode";

/** In place of the selection of the editor that had the focus; into a new document where there is none. */
export async function insertText(text: string): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content: text }));
    return;
  }
  await vscode.window.showTextDocument(editor.document, editor.viewColumn ? { viewColumn: editor.viewColumn } : {});
  await editor.edit((edit) => edit.replace(editor.selection, text));
}
