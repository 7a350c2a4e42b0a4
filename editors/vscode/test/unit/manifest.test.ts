import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import manifest from "../../package.json";

const ROOT = path.join(__dirname, "..", "..", "..");
const { commands, keybindings, menus, walkthroughs } = manifest.contributes;
const NAMES = new Set(commands.map(({ command }) => command));

test("each command that is offered is registered, and by one table", () => {
  const source = readFileSync(path.join(ROOT, "src", "commands", "commands.ts"), "utf8");
  const table = source.slice(source.indexOf("const commands: Record"), source.indexOf("return vscode.Disposable.from"));
  const registered = new Set([...table.matchAll(/^ {4}(\w+): /gm)].map(([, name]) => `scholiast.${name}`));
  assert.deepEqual(
    [...NAMES].filter((name) => !registered.has(name)),
    [],
  );
});

test("the main commands have a key each, and no two the same", () => {
  const main = "ask explain askSelection document search reindex selectAdapter status openLog restart".split(" ");
  const bound = keybindings.map(({ command }) => command);
  assert.deepEqual(
    main.map((name) => `scholiast.${name}`).filter((name) => !bound.includes(name)),
    [],
  );
  assert.equal(new Set(keybindings.map(({ key }) => key)).size, keybindings.length);
});

test("menus, keys and the walkthrough name commands that exist", () => {
  const used = [...Object.values(menus).flat(), ...keybindings].flatMap((item) =>
    "command" in item ? [item.command] : [],
  );
  const linked = JSON.stringify(walkthroughs).matchAll(/command:(scholiast\.\w+)/g);
  for (const name of [...used, ...[...linked].map(([, command]) => command)]) {
    assert.ok(NAMES.has(name ?? ""), name);
  }
});

test("files that the manifest names exist", () => {
  const named = JSON.stringify(manifest).matchAll(/"(media\/[^"]+)"/g);
  for (const [, file] of named) {
    assert.ok(existsSync(path.join(ROOT, file ?? "")), file);
  }
});

test("no proposed interface is used", () => {
  assert.ok(!("enabledApiProposals" in manifest));
});
