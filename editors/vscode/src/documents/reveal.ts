/** Shows a place in the code: opened, selected, highlighted until the cursor goes elsewhere. Must not know citations. */
import * as vscode from "vscode";
import type { Range } from "../server/protocol";

export interface Place {
  readonly uri: string;
  readonly range: Range;
  /** The line to go to, from 1, where it is not all to be selected. */
  readonly line?: number;
}

export interface Showing {
  /** Whether the editor shows it in passing: in italics, without the focus. */
  readonly isPreview?: boolean;
  readonly column?: vscode.ViewColumn;
}

export class Reveal implements vscode.Disposable {
  readonly #mark = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
    borderColor: new vscode.ThemeColor("contrastActiveBorder"),
    isWholeLine: true,
    overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.rangeHighlightForeground"),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  readonly #moved = vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
    const { Keyboard, Mouse } = vscode.TextEditorSelectionChangeKind;
    if (kind === Keyboard || kind === Mouse) {
      textEditor.setDecorations(this.#mark, []); // somebody went elsewhere
    }
  });

  /** The editor that shows it. */
  async show(place: Place, { isPreview = false, column }: Showing = {}): Promise<vscode.TextEditor> {
    const { start, end } = place.range;
    const range = new vscode.Range(start.line, start.character, end.line, end.character);
    const from = place.line === undefined ? range.start : new vscode.Position(place.line - 1, 0);
    const isGoneTo = isPreview || place.line !== undefined;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(place.uri));
    const editor = await vscode.window.showTextDocument(document, {
      preview: true,
      preserveFocus: isPreview,
      selection: isGoneTo ? new vscode.Range(from, from) : range,
      ...(column === undefined ? {} : { viewColumn: column }),
    });
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    this.clear();
    editor.setDecorations(this.#mark, [range]);
    return editor;
  }

  /** Take the highlight off wherever it is. */
  clear(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      editor.setDecorations(this.#mark, []);
    }
  }

  dispose(): void {
    this.#mark.dispose();
    this.#moved.dispose();
  }
}
