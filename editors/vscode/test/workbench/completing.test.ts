/** Code completed as one types, in a real workbench by a model that really runs: as ghost text, and by Tab in the file. */
import assert from "node:assert/strict";
import type { Keyboard, Locator } from "playwright-core";
import { Stage } from "./stage";
import { needed } from "./workbench";

const TRY_MS = 5_000;
const TRIES = 9;

const stage = new Stage({
  setup: () => ({
    settings: {
      "scholiast.model.fimPath": needed("SCHOLIAST_MODEL"),
      "scholiast.model.threads": 1,
      "editor.inlineSuggest.enabled": true,
      "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" },
    },
  }),
});

/** Wait for what comes of typing, the last letter typed again meanwhile: an editor just opened offers nothing at once. */
async function typedUntil(shown: Locator, keyboard: Keyboard): Promise<void> {
  for (let left = TRIES; ; left -= 1) {
    try {
      await shown.waitFor({ timeout: TRY_MS });
      return;
    } catch (error) {
      if (left === 1) {
        throw error;
      }
      await keyboard.press("Backspace");
      await keyboard.type("_");
    }
  }
}

stage.flow("what a model completes is shown beside the cursor, and taken by Tab", async () => {
  const { bench } = stage;
  await bench.open("src/kiln/views.py", 18);
  await bench.page.keyboard.press("Control+End");
  const ghost = bench.page.locator(".part.editor .ghost-text-decoration, .part.editor .ghost-text").first();
  await bench.page.keyboard.type("def show_", { delay: 20 });
  await typedUntil(ghost, bench.page.keyboard);
  const offered = (await ghost.textContent()) ?? "";
  assert.notEqual(offered.trim(), "");
  await bench.screenshot("completing");
  await bench.page.keyboard.press("Tab");
  await ghost.waitFor({ state: "detached" });
  const line = bench.page.locator(".part.editor .view-line", { hasText: "def show_" }).last();
  assert.ok(((await line.textContent()) ?? "").length > "def show_".length);
});
