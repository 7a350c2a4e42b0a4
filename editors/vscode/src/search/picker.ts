/** “Search Code”: a list that follows what is typed, with the place of the entry in focus shown in the editor. */
import * as vscode from "vscode";
import type { Place, Reveal } from "../documents/reveal";
import type { Hit } from "../server/protocol";
import type { Server } from "../server/server";
import { hitText } from "./items";

interface Entry extends vscode.QuickPickItem {
  readonly hit?: Hit;
}

const LIMIT = 30;
/** After the last key: a search takes some tens of milliseconds. */
const PAUSE_MS = 120;
const ASIDE: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("split-horizontal"),
  tooltip: "Open to the Side",
};
const ASK: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon("comment-discussion"), tooltip: "Ask About It" };

export class SearchPicker {
  #last = "";

  constructor(
    private readonly server: Server,
    private readonly reveal: Reveal,
    private readonly ask: (hit: Place) => void,
  ) {}

  /** Show the list; with what was looked for last unless something else is given. */
  show(query = this.#last): void {
    const pick = this.#pick("Search Code");
    pick.placeholder = "A name, some words, or a question";
    pick.value = query;
    const search = new Search(this.server, pick);
    pick.onDidChangeValue((value) => search.soon(value));
    pick.onDidHide(() => {
      this.#last = pick.value;
      search.dispose();
    });
    search.soon(query);
    pick.show();
  }

  /** Show places that were found otherwise, to choose from in the same way. */
  list(title: string, hits: readonly Hit[]): void {
    const pick = this.#pick(title);
    pick.placeholder = hits.length > 0 ? "Go to a place" : "Nothing found";
    pick.items = hits.map(entry);
    pick.show();
  }

  /** A list whose entries are shown as they get the focus; left without a choice, the editor is as before. */
  #pick(title: string): vscode.QuickPick<Entry> {
    const pick = vscode.window.createQuickPick<Entry>();
    pick.title = title;
    keepOrder(pick);
    const back = whereToGoBack();
    let isAccepted = false;
    const accept = (hit: Hit | undefined, act: (hit: Hit) => unknown): void => {
      if (hit !== undefined) {
        isAccepted = true;
        pick.hide();
        act(hit);
      }
    };
    pick.onDidChangeActive(([entry]) => entry?.hit && void this.reveal.show(entry.hit, { isPreview: true }));
    pick.onDidAccept(() => accept(pick.activeItems[0]?.hit, (hit) => this.reveal.show(hit)));
    pick.onDidTriggerItemButton(({ button, item }) =>
      accept(item.hit, (hit) =>
        button === ASK ? this.ask(hit) : this.reveal.show(hit, { column: vscode.ViewColumn.Beside }),
      ),
    );
    pick.onDidHide(() => {
      pick.dispose();
      if (!isAccepted) {
        this.reveal.clear();
        void back();
      }
    });
    return pick;
  }
}

/** The searches of one list: each ends the one before. */
class Search implements vscode.Disposable {
  #timer: NodeJS.Timeout | undefined;
  #source = new vscode.CancellationTokenSource();

  constructor(
    private readonly server: Server,
    private readonly pick: vscode.QuickPick<Entry>,
  ) {}

  soon(query: string): void {
    this.#forgetLast();
    if (!query.trim()) {
      this.pick.items = [];
      this.pick.busy = false;
      return;
    }
    this.pick.busy = true;
    this.#timer = setTimeout(() => void this.#run(query, this.#source.token), PAUSE_MS);
  }

  dispose(): void {
    this.#forgetLast();
  }

  async #run(query: string, token: vscode.CancellationToken): Promise<void> {
    try {
      const { hits } = await this.server.request<{ hits: Hit[] }>("scholiast/search", { query, limit: LIMIT }, token);
      this.#show(token, hits.length > 0 ? hits.map(entry) : [said("$(info) Nothing found", query)]);
    } catch (error) {
      this.#show(token, [said("$(warning) The search failed", error instanceof Error ? error.message : String(error))]);
    }
  }

  #show(token: vscode.CancellationToken, entries: Entry[]): void {
    if (!token.isCancellationRequested) {
      this.pick.items = entries;
      this.pick.busy = false;
    }
  }

  #forgetLast(): void {
    clearTimeout(this.#timer);
    this.#source.cancel();
    this.#source.dispose();
    this.#source = new vscode.CancellationTokenSource();
  }
}

/** The best hits come first; most versions of VS Code would put those first whose label looks like what was typed. */
function keepOrder(pick: vscode.QuickPick<Entry> & { sortByLabel?: boolean }): void {
  if ("sortByLabel" in pick) {
    pick.sortByLabel = false;
  }
}

function entry(hit: Hit): Entry {
  return { ...hitText(hit), hit, alwaysShow: true, buttons: [ASK, ASIDE] };
}

function said(label: string, detail: string): Entry {
  return { label, detail, alwaysShow: true };
}

/** Leads back to what the editor showed before entries were shown in passing. */
function whereToGoBack(): () => Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const { document, selection, viewColumn, visibleRanges } = editor ?? {};
  return async () => {
    if (document === undefined || selection === undefined) {
      return;
    }
    const where = { selection, preserveFocus: true, ...(viewColumn ? { viewColumn } : {}) };
    const shown = await vscode.window.showTextDocument(document.uri, where);
    if (visibleRanges?.[0]) {
      shown.revealRange(visibleRanges[0], vscode.TextEditorRevealType.AtTop);
    }
  };
}
