/** A workspace that is not trusted, in a real workbench: nothing of it is run or reached until it is. */
import assert from "node:assert/strict";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";
import { Stage } from "./stage";
import { needed } from "./workbench";

const folder = mkdtempSync(path.join(tmpdir(), "scholiast-untrusted-"));

/** A program that leaves a mark when it is run, and serves all the same. */
function trap(file: string, mark: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(
    file,
    `#!/bin/sh\ntouch "${path.join(folder, mark)}"\nexec "${needed("SCHOLIAST_PROGRAMS")}/scholiast" "$@"\n`,
  );
  chmodSync(file, 0o755);
}

const stage = new Stage({
  setup: (endpoint) => {
    cpSync(needed("SCHOLIAST_WORKSPACE"), folder, { recursive: true });
    trap(path.join(folder, ".venv", "bin", "scholiast"), "run-from-environment");
    trap(path.join(folder, "tools", "server"), "run-from-setting");
    mkdirSync(path.join(folder, ".vscode"));
    const theirs = {
      "scholiast.server.path": path.join(folder, "tools", "server"),
      "scholiast.model.path": path.join(folder, "model.gguf"),
      "scholiast.model.adapter": "theirs",
      "scholiast.endpoint.url": endpoint,
      "scholiast.answer.engine": "endpoint",
    };
    writeFileSync(path.join(folder, ".vscode", "settings.json"), JSON.stringify(theirs));
    return { workspace: folder, hasTrust: true };
  },
});

after(() => rmSync(folder, { recursive: true, force: true }));

stage.flow("it is read and answered from the code alone, by the user's own program", async () => {
  const { bench, endpoint } = stage;
  await bench.page.locator(".statusbar-item", { hasText: "Restricted Mode" }).waitFor();
  await bench.command("Scholiast: Ask");
  const chat = await bench.chat();
  await chat.locator("textarea").fill("how is a session cookie signed?");
  await chat.locator("textarea").press("Enter");
  await chat.locator(".turn[data-state=done] .sources .source.verified").first().waitFor();
  assert.match((await chat.locator(".facts").textContent()) ?? "", /from the code alone/);
  assert.deepEqual(endpoint.asked, []);
  assert.equal(existsSync(path.join(folder, "run-from-setting")), false);
  assert.equal(existsSync(path.join(folder, "run-from-environment")), false);
  await bench.screenshot("untrusted");
});

stage.flow("once it is trusted, its settings hold", async () => {
  const { bench } = stage;
  await bench.command("Workspaces: Manage Workspace Trust");
  await bench.page.locator(".workspace-trust-editor .monaco-button", { hasText: "Trust" }).first().click();
  while (!existsSync(path.join(folder, "run-from-setting"))) {
    await bench.page.waitForTimeout(100);
  }
  await bench.untilReady();
  const chat = await bench.chat();
  await chat.locator(".choice", { hasText: "endpoint" }).waitFor();
});
