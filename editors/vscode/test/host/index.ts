/** Tests in a real extension host, beside the extension itself: what VS Code asks of it, and what it gives. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { respond } from "../../src/assistant/participant";
import { Server } from "../../src/server/server";
import manifest from "../../package.json";

const WAIT_MS = 30_000;
const PAUSE_MS = 100;

const tests: Record<string, () => Promise<void>> = {
  "every command of the palette is registered": async () => {
    const known = await vscode.commands.getCommands(true);
    const missing = manifest.contributes.commands.filter(({ command }) => !known.includes(command));
    assert.deepEqual(missing, []);
  },

  "a hover has links, and may run two commands and no other": async () => {
    const shown = await until(() => hoverOn("src/kiln/views.py", "retry_request(send"));
    assert.match(shown.value, /Send a request again/);
    assert.match(shown.value, /command:scholiast\.explain\?.*command:scholiast\.references\?/s);
    assert.deepEqual(shown.isTrusted, { enabledCommands: ["scholiast.explain", "scholiast.references"] });
    assert.ok(!shown.supportHtml);
  },

  "a setting takes effect at once": async () => {
    const settings = vscode.workspace.getConfiguration("scholiast");
    await settings.update("editor.hover", false, vscode.ConfigurationTarget.Workspace);
    await until(async () => (await hoverOn("src/kiln/views.py", "retry_request(send")) === undefined);
    await settings.update("editor.hover", undefined, vscode.ConfigurationTarget.Workspace);
    await until(() => hoverOn("src/kiln/views.py", "retry_request(send"));
  },

  "what the user's own file says is not hidden by defaults of the editor": async () => {
    const { uri } = await vscode.workspace.openTextDocument(file("src/kiln/cookies.py"));
    // Code lenses are on in config.toml alone.
    const lenses = await until(async () => {
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 10);
      return found.length > 0 && found;
    });
    assert.ok(
      lenses.some(({ command }) => command?.command === "scholiast.references" && /places?/.test(command.title)),
    );
  },

  "questions find symbols of the workspace": async () => {
    const question = "where are requests sent again after a failure";
    const found = await until(async () => {
      const symbols = await vscode.commands.executeCommand<vscode.SymbolInformation[]>(
        "vscode.executeWorkspaceSymbolProvider",
        question,
      );
      return symbols.length > 0 && symbols;
    });
    assert.equal(found[0]?.name, "retry_request");
  },

  "code actions offer what there is to ask": async () => {
    const { uri } = await vscode.workspace.openTextDocument(file("src/kiln/cookies.py"));
    const range = new vscode.Range(16, 0, 18, 0);
    const found = await until(async () => {
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        uri,
        range,
      );
      return actions.length > 0 && actions;
    });
    const titles = found.map(({ title }) => title);
    assert.ok(titles.includes("Explain this") && titles.includes("Ask about the selection"), titles.join());
  },

  "language models may search": async () => {
    const input = { query: "how are session cookies signed" };
    const result = await vscode.lm.invokeTool("scholiast_search", { input, toolInvocationToken: undefined });
    const [part] = result.content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    assert.match(part.value, /^src\/kiln\/cookies\.py:\d+-\d+ CookieSigner\n```python\n/);
  },

  "the participant streams an answer, with its sources as references": async () => {
    const log = vscode.window.createOutputChannel("Test", { log: true });
    const server = new Server("/nowhere", log);
    await server.restart();
    const told: string[] = [];
    const places: string[] = [];
    const stream = {
      progress: (text: string) => told.push(text),
      markdown: (text: string) => told.push(text),
      anchor: (_: vscode.Location, title: string) => told.push(title),
      reference: ({ uri }: vscode.Location) => places.push(vscode.workspace.asRelativePath(uri)),
    } as unknown as vscode.ChatResponseStream;
    const request = { prompt: "how is a session cookie signed?", references: [] } as unknown as vscode.ChatRequest;
    const context = { history: [] } as unknown as vscode.ChatContext;
    const ask = async (): Promise<vscode.ChatResult> =>
      respond(server, request, context, stream, new vscode.CancellationTokenSource().token);
    const result = await until(async () => {
      const found = await ask();
      return places.length > 0 && found;
    });
    await server.stop();
    assert.equal(result.errorDetails, undefined);
    assert.ok(places.includes("src/kiln/cookies.py"));
    assert.match(told.join(""), /CookieSigner\.sign_payload.*\[1\].*- \[1\] src\/kiln\/cookies\.py:\d+ .*verified/s);
  },
};

/** Called by VS Code; it fails when a test does. */
export async function run(): Promise<void> {
  await vscode.extensions.getExtension("scholiast.scholiast")?.activate();
  const failed: string[] = [];
  for (const [name, test] of Object.entries(tests)) {
    try {
      await test();
      console.log(`ok - ${name}`);
    } catch (error) {
      failed.push(name);
      console.log(`not ok - ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  }
  if (failed.length > 0) {
    throw new Error(`failed: ${failed.join("; ")}`);
  }
}

function file(path: string): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder);
  return vscode.Uri.joinPath(folder.uri, path);
}

async function hoverOn(path: string, text: string): Promise<vscode.MarkdownString | undefined> {
  const document = await vscode.workspace.openTextDocument(file(path));
  const at = document.positionAt(document.getText().indexOf(text));
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>("vscode.executeHoverProvider", document.uri, at);
  const [found] = hovers.flatMap(({ contents }) => contents);
  return found instanceof vscode.MarkdownString ? found : undefined;
}

/** What is found once there is something: the server starts and the index is built meanwhile. */
async function until<Result>(find: () => Promise<Result | undefined | false>): Promise<Exclude<Result, false>> {
  for (const end = Date.now() + WAIT_MS; ;) {
    const found = await find().catch(() => undefined);
    if (found) {
      return found as Exclude<Result, false>;
    }
    assert.ok(Date.now() < end, "it does not come");
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
