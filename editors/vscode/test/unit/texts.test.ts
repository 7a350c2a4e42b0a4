import assert from "node:assert/strict";
import { test } from "node:test";
import { footer } from "../../src/chat/footer";
import { hitText } from "../../src/search/items";
import type { Hit, Status } from "../../src/server/protocol";
import type { Phase } from "../../src/server/server";
import { shown } from "../../src/status/text";

const RUNNING: Phase = { kind: "running", found: { program: "/x", origin: "path" }, version: "0.1.0" };
const READY: Status = {
  ...{ state: "ready", message: "", percent: null, files: 83, chunks: 1204 },
  ...{ engine: "extractive", adapter: null },
};

test("the status bar says how the server and its index are", () => {
  for (const [phase, status, text, detail, severity] of [
    [{ kind: "missing" }, undefined, "$(cloud-download) Scholiast", /not installed/, "warning"],
    [{ kind: "failed", message: "It broke." }, undefined, "$(error) Scholiast", /^It broke\.$/, "error"],
    [{ kind: "starting" }, undefined, "$(loading~spin) Scholiast", /starting/, "none"],
    [RUNNING, undefined, "$(loading~spin) Scholiast", /starting/, "none"],
    [RUNNING, { ...READY, state: "indexing", percent: 13 }, "$(loading~spin) Scholiast 13 %", /Indexing 13 %/, "none"],
    [RUNNING, { ...READY, state: "paused" }, "$(debug-pause) Scholiast", /paused: 83 files/, "warning"],
    [RUNNING, { ...READY, state: "problem", message: "full" }, "$(warning) Scholiast", /^full$/, "warning"],
    [RUNNING, READY, "$(book) Scholiast", /83 files, 1,204 chunks\. Answers: the code alone, no model/, "none"],
    [RUNNING, { ...READY, engine: "llama", adapter: "terse" }, "$(book) Scholiast", /llama, adapter terse/, "none"],
  ] as const) {
    const found = shown(phase, status);
    assert.equal(found.text, text);
    assert.match(found.detail, detail);
    assert.equal(found.severity, severity);
    assert.doesNotMatch(found.spoken, /\$\(/);
  }
});

test("the chat says what is in the way and offers what helps", () => {
  assert.deepEqual(footer({ kind: "missing" }, undefined, true).notice?.action, {
    title: "Install",
    command: "install",
  });
  assert.equal(footer({ kind: "failed", message: "x" }, undefined, true).notice?.action?.command, "restart");
  assert.equal(footer(RUNNING, READY, true).notice, undefined);
  assert.match(footer(RUNNING, { ...READY, state: "indexing", percent: 5 }, true).notice?.text ?? "", /5 %/);
  assert.deepEqual(
    [footer(RUNNING, READY, true).engine, footer(RUNNING, READY, true).adapter],
    ["The code alone", "No adapter"],
  );
});

test("a hit is shown by what it is, where it stands and how it begins", () => {
  const hit: Hit = {
    ...{
      path: "src/a.py",
      start_line: 5,
      end_line: 9,
      score: 1,
      language: "python",
      symbol: "A.b",
      kind: "method",
      line: 7,
    },
    ...{
      text: "import os\n    # --\n    def b(self):\n",
      why: {},
      uri: "file:///a",
      range: { start: { line: 4, character: 0 }, end: { line: 9, character: 0 } },
    },
  };
  assert.deepEqual(hitText(hit), { label: "$(symbol-method) A.b", description: "src/a.py:7", detail: "def b(self):" });
  const plain = hitText({ ...hit, symbol: "", kind: "unheard-of", text: "see $(bug) here", line: 5 });
  assert.deepEqual(plain, { label: "$(code) a.py", description: "src/a.py:5", detail: "see $ (bug) here" });
});
