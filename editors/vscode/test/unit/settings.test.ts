import assert from "node:assert/strict";
import { test } from "node:test";
import manifest from "../../package.json";
import { chosenSettings, settingKeys, type Chosen } from "../../src/server/settings";

const KEYS = settingKeys(manifest);

function inspecting(values: Record<string, Chosen>): (key: string) => Chosen | undefined {
  return (key) => values[key];
}

test("only what was chosen is told, the nearest value first", () => {
  const values = {
    "search.limit": { globalValue: 5, workspaceValue: 7, workspaceFolderValue: 9 },
    "editor.codeLens": { workspaceValue: true },
    "answer.maxTokens": {},
  };
  const told = chosenSettings(KEYS, inspecting(values), true);
  assert.deepEqual(told, { search: { limit: 9 }, editor: { codeLens: true } });
});

test("a value that is false or empty was chosen all the same", () => {
  const values = { "editor.hover": { workspaceValue: false, globalValue: true }, "model.path": { globalValue: "" } };
  assert.deepEqual(chosenSettings(KEYS, inspecting(values), true), { editor: { hover: false }, model: { path: "" } });
});

test("a workspace that is not trusted chooses no program, model, adapter or endpoint", () => {
  const values = Object.fromEntries(
    KEYS.map(({ key }) => [key, { workspaceValue: "theirs", workspaceFolderValue: "theirs", globalValue: "mine" }]),
  );
  const told = chosenSettings(KEYS, inspecting(values), false);
  for (const section of ["model", "embedding", "endpoint"]) {
    assert.deepEqual(new Set(Object.values(told[section] ?? {})), new Set(["mine"]), section);
  }
  assert.equal(told.answer?.engine, "mine");
  assert.equal(told.search?.limit, "theirs");
});

test("what is the extension's own is not the server's", () => {
  assert.ok(KEYS.length > 20);
  assert.deepEqual(
    KEYS.filter(({ key }) => /^(server|trace)\./.test(key)),
    [],
  );
});
