/** Runs test/host in a real extension host. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { needed, Workbench } from "./workbench";

test("the extension does in its host what VS Code asks of it", async () => {
  const folder = path.join(mkdtempSync(path.join(tmpdir(), "scholiast-host-")), "kiln"); // its settings are changed
  cpSync(needed("SCHOLIAST_WORKSPACE"), folder, { recursive: true });
  const root = path.join(__dirname, "..", "..", "..");
  const bench = await Workbench.start({
    workspace: folder,
    searchPath: needed("SCHOLIAST_PROGRAMS"),
    userFile: "[editor]\ncode_lens = true\n",
    settings: { "chat.disableAIFeatures": false },
    tests: { extension: root, entry: path.join(root, "out", "test", "host", "index.cjs") },
  });
  try {
    const { code, lines } = await bench.tested;
    console.log(lines.filter((line) => /^(not )?ok - /.test(line)).join("\n"));
    assert.equal(code, 0, lines.filter((line) => !/^\[|^Ignoring/.test(line)).join("\n"));
    assert.ok(lines.filter((line) => line.startsWith("ok - ")).length >= 8);
  } finally {
    await bench.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  }
});
