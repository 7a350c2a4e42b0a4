/** An adapter chosen in a real workbench, of a model that really runs: answers are written under it from then on. */
import { Stage } from "./stage";
import { needed } from "./workbench";

const stage = new Stage({
  chat: true,
  setup: () => ({
    settings: { "scholiast.model.path": needed("SCHOLIAST_MODEL") },
    adapter: { name: "style", file: needed("SCHOLIAST_ADAPTER") },
  }),
});

stage.flow("an adapter is chosen from the chat, shown there, and taken off again", async () => {
  const { bench, chat } = stage;
  await chat.locator(".choice", { hasText: "llama" }).waitFor();
  for (const [chosen, shown] of [
    ["style", "style"],
    ["None", "No adapter"],
  ] as const) {
    await chat.locator(".choice").nth(1).click();
    await bench.page.locator(".quick-input-title", { hasText: "Adapter" }).waitFor();
    await bench.quickRows.filter({ hasText: chosen }).first().click();
    await chat.locator(".choice", { hasText: shown }).waitFor();
  }
  await bench.screenshot("adapter");
});
