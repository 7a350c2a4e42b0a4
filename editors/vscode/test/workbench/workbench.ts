/**
 * A real workbench to test in: code-server with the packed extension, driven through a browser as a person would.
 * What it needs comes in environment variables, set by tests/editors/vscode/test_workbench.py.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, chromium, type Frame, type Locator, type Page } from "playwright-core";

export interface Setup {
  /** The folder that is opened. */
  readonly workspace: string;
  /** The user's settings, beside those that keep the workbench quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Whether the workbench asks which folders are trusted, as a desktop does; without it all are. */
  readonly hasTrust?: boolean;
  /** Programs on PATH before all others. */
  readonly searchPath?: string;
  readonly size?: { readonly width: number; readonly height: number };
  /** The user's settings file of the server, which the editor's own settings lie over. */
  readonly userFile?: string;
  /** An adapter that is registered for the model in `scholiast.model.path`. */
  readonly adapter?: { readonly name: string; readonly file: string };
  /** Tests to run in the extension host, on an extension that is not packed. */
  readonly tests?: { readonly extension: string; readonly entry: string };
}

/** How tests in the extension host ended. */
interface Tested {
  readonly code: number;
  readonly lines: readonly string[];
}

const START_TIMEOUT_MS = 60_000;
const WAIT_TIMEOUT_MS = Number(process.env.SCHOLIAST_WAIT_MS ?? 45_000);
const KEY_TIMEOUT_MS = 5_000;
const QUIET = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
  "chat.disableAIFeatures": true,
  "git.enabled": false,
  "editor.minimap.enabled": false,
  "extensions.ignoreRecommendations": true,
};

export class Workbench {
  private constructor(
    readonly page: Page,
    readonly home: string,
    readonly tested: Promise<Tested>,
    private readonly browser: Browser,
    private readonly server: ChildProcess,
  ) {}

  static async start(setup: Setup): Promise<Workbench> {
    const home = mkdtempSync(path.join(tmpdir(), "scholiast-workbench-"));
    const environment = { ...process.env, ...variables(home, setup.searchPath) };
    const folders = ["--user-data-dir", path.join(home, "data"), "--extensions-dir", path.join(home, "extensions")];
    mkdirSync(path.join(home, "data", "User"), { recursive: true });
    writeFileSync(path.join(home, "data", "User", "settings.json"), JSON.stringify({ ...QUIET, ...setup.settings }));
    writeUserFile(home, setup.userFile);
    if (setup.adapter) {
      const { name, file } = setup.adapter;
      const program = path.join(needed("SCHOLIAST_PROGRAMS"), "scholiast");
      const given = ["adapters", "add", file, "--name", name, "--model", needed("SCHOLIAST_MODEL")];
      const done = spawnSync(program, given, { env: environment, encoding: "utf8" });
      if (done.status !== 0) {
        throw new Error(`scholiast ${given.join(" ")} failed:\n${done.stderr}`);
      }
    }
    if (!setup.tests) {
      run([...folders, "--install-extension", needed("SCHOLIAST_VSIX")], environment);
    }
    const port = await freePort();
    const trust = setup.hasTrust ? [] : ["--disable-workspace-trust"];
    const driver = setup.tests ? ["--vscode-option", "enable-smoke-test-driver"] : [];
    const given = [...folders, ...trust, ...driver, ...QUIETLY, "--bind-addr", `127.0.0.1:${port}`];
    const server = spawn(process.execPath, [needed("SCHOLIAST_CODE_SERVER"), ...given], {
      env: environment,
      detached: true, // a group of its own, which is ended as a whole
      stdio: ["ignore", "pipe", "inherit"],
    });
    await listening(server);
    const browser = await chromium.launch({ executablePath: needed("SCHOLIAST_CHROMIUM"), args: ["--no-sandbox"] });
    const page = await browser.newPage({ viewport: setup.size ?? { width: 1280, height: 800 } });
    page.setDefaultTimeout(WAIT_TIMEOUT_MS);
    const tests = await listenToTests(page);
    await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(setup.workspace)}${payload(setup)}`);
    await page.locator(".monaco-workbench .part.statusbar").waitFor();
    return new Workbench(page, home, tests.ended, browser, server);
  }

  async close(): Promise<void> {
    await this.browser.close();
    if (this.server.pid !== undefined && this.server.exitCode === null) {
      const ended = once(this.server, "exit");
      process.kill(-this.server.pid, "SIGTERM");
      await ended;
    }
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** The item in the status bar. */
  get statusItem(): Locator {
    return this.page.locator('.statusbar-item[id="scholiast.scholiast.scholiast.status"]');
  }

  /** Wait until the index is ready. */
  async untilReady(): Promise<void> {
    await this.statusItem.locator(".codicon-book").waitFor();
  }

  /** Run a command by its title, through the palette. */
  command(title: string): Promise<void> {
    return this.#choose("F1", `>${title}`, title);
  }

  /** Run a command that shows a list, and wait for the list of that title. */
  async list(command: string, title: string): Promise<void> {
    await this.command(command);
    await this.page.locator(".quick-input-title", { hasText: title }).waitFor();
  }

  get quickInput(): Locator {
    return this.page.locator(".quick-input-widget input[type=text]");
  }

  /** Rows of the list that is open. */
  get quickRows(): Locator {
    return this.page.locator(".quick-input-list .monaco-list-row");
  }

  /** Open a file by its path, at a line if one is given. */
  async open(file: string, line?: number): Promise<void> {
    await this.#choose("Control+p", line === undefined ? file : `${file}:${line}`, path.basename(file));
    await this.tab(file).waitFor();
  }

  /** Open a list by its key, type, and take the row that is wanted. */
  async #choose(key: string, text: string, wanted: string): Promise<void> {
    const row = this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: wanted });
    for (const end = Date.now() + WAIT_TIMEOUT_MS; ;) {
      await this.page.keyboard.press(key);
      try {
        await this.quickInput.fill(text, { timeout: KEY_TIMEOUT_MS });
        await row.waitFor({ timeout: KEY_TIMEOUT_MS });
        break;
      } catch (error) {
        if (Date.now() > end) {
          throw error;
        }
        // A list that was just closing has taken the key with it.
      }
    }
    await this.page.keyboard.press("Enter");
  }

  tab(file: string): Locator {
    return this.page.locator(`.tabs-container .tab.active[data-resource-name="${path.basename(file)}"]`);
  }

  /** The line of the active editor that shows a text. */
  line(text: string): Locator {
    return this.page.locator(".part.editor .view-line", { hasText: text }).first();
  }

  /** Where the cursor is, once it is as wanted: `Ln 12, Col 1 (34 selected)`. */
  async selection(wanted: RegExp): Promise<string> {
    const item = this.page.locator("#status\\.editor\\.selection", { hasText: wanted });
    return (await item.textContent()) ?? "";
  }

  /** The chat page, once it is there. */
  async chat(): Promise<Frame> {
    for (const end = Date.now() + WAIT_TIMEOUT_MS; Date.now() < end;) {
      for (const frame of this.page.frames()) {
        const count = await frame
          .locator(".composer")
          .count()
          .catch(() => 0); // frames come and go
        if (count > 0) {
          return frame;
        }
      }
      await this.page.waitForTimeout(100);
    }
    throw new Error("the chat page does not come");
  }

  async screenshot(name: string): Promise<void> {
    const folder = process.env.SCHOLIAST_SCREENSHOTS;
    if (folder) {
      await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
    }
  }
}

const QUIETLY = ["--config", "/dev/null", "--auth", "none", "--disable-telemetry", "--disable-update-check"];

/** A home, settings and caches of its own, and no gallery of extensions. */
function variables(home: string, searchPath: string | undefined): Record<string, string> {
  const folders = Object.fromEntries(
    ["CONFIG", "DATA", "STATE", "CACHE", "RUNTIME"].map((name) => {
      const folder = path.join(home, name.toLowerCase());
      mkdirSync(folder, { mode: 0o700 });
      return [name === "RUNTIME" ? "XDG_RUNTIME_DIR" : `XDG_${name}_HOME`, folder];
    }),
  );
  // Extensions see what a login shell would: what is put on PATH here has to be put there.
  writeFileSync(path.join(home, ".profile"), searchPath ? `export PATH="${searchPath}:$PATH"\n` : "");
  const programs = [searchPath, path.dirname(process.execPath), process.env.PATH].filter(Boolean);
  return { ...folders, HOME: home, EXTENSIONS_GALLERY: "{}", PATH: programs.join(path.delimiter) };
}

function writeUserFile(home: string, text = ""): void {
  const folder = path.join(home, "config", "scholiast");
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "config.toml"), text);
}

/** What a workbench that runs tests is told in its address. */
function payload({ tests }: Setup): string {
  if (!tests) {
    return "";
  }
  const remote = (file: string): string => `vscode-remote://localhost${file}`;
  const given = [
    ["extensionDevelopmentPath", remote(tests.extension)],
    ["extensionTestsPath", remote(tests.entry)],
  ];
  return `&payload=${encodeURIComponent(JSON.stringify(given))}`;
}

/** Listen to what tests print, and to their end, as the workbench tells the page. */
async function listenToTests(page: Page): Promise<{ readonly ended: Promise<Tested> }> {
  const lines: string[] = [];
  let exit: (code: number) => void = () => undefined;
  const ended = new Promise<Tested>((resolve) => (exit = (code) => resolve({ code, lines })));
  await page.exposeFunction("codeAutomationLog", (_kind: string, texts: unknown[]) => {
    lines.push(...texts.map(String).flatMap((text) => text.split("\n")));
  });
  await page.exposeFunction("codeAutomationExit", (code: number) => exit(code));
  return { ended };
}

/** A variable that has to be set. */
export function needed(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run this through pytest tests/editors/vscode`);
  }
  return value;
}

function run(given: readonly string[], environment: NodeJS.ProcessEnv): void {
  const program = [needed("SCHOLIAST_CODE_SERVER"), "--config", "/dev/null", ...given];
  const done = spawnSync(process.execPath, program, { env: environment, encoding: "utf8" });
  if (done.status !== 0) {
    throw new Error(`code-server ${given.join(" ")} failed:\n${done.stdout}${done.stderr}`);
  }
}

/** Wait until it says that it listens. */
function listening(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const timer = setTimeout(
      () => reject(new Error(`code-server does not start:\n${said.join("")}`)),
      START_TIMEOUT_MS,
    );
    server.stdout?.setEncoding("utf8").on("data", (text: string) => {
      said.push(text);
      if (said.join("").includes("HTTP server listening")) {
        clearTimeout(timer);
        resolve();
      }
    });
    server.on("exit", (code) => reject(new Error(`code-server ended with ${code}:\n${said.join("")}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  server.close();
  await once(server, "close");
  return port;
}
