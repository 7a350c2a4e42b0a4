/** An adapter chosen in a real workbench, of a model that really runs: answers are written under it from then on. */
import { after, before, test } from "node:test";
import type { Frame } from "playwright-core";
import { needed, Workbench } from "./workbench";

let bench: Workbench;
let chat: Frame;
const flow = (name: string, run: () => Promise<void>): void =>
  void test(
    name,
    Workbench.seen(() => bench, run),
  );

before(async () => {
  bench = await Workbench.start({
    workspace: needed("SCHOLIAST_WORKSPACE"),
    searchPath: needed("SCHOLIAST_PROGRAMS"),
    settings: { "scholiast.model.path": needed("SCHOLIAST_MODEL") },
    adapter: { name: "style", file: needed("SCHOLIAST_ADAPTER") },
  });
  await bench.untilReady();
  await bench.command("Scholiast: Ask");
  chat = await bench.chat();
});

after(() => bench.close());

flow("an adapter is chosen from the chat, shown there, and taken off again", async () => {
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
