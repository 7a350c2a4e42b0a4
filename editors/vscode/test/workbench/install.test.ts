/**
 * A new user's way in a real workbench, from nothing to the first cited answer: the server is offered, installed and
 * asked. It downloads what the server needs, so it runs only with SCHOLIAST_E2E_INSTALL=1.
 */
import { test } from "node:test";
import { needed, Workbench } from "./workbench";

const INSTALL_TIMEOUT_MS = 900_000;
const isWanted = process.env.SCHOLIAST_E2E_INSTALL === "1";

test("the server is installed and answers", { skip: !isWanted && "set SCHOLIAST_E2E_INSTALL=1" }, async () => {
  const began = Date.now();
  const bench = await Workbench.start({ workspace: needed("SCHOLIAST_WORKSPACE") });
  const after = (what: string): void => console.log(`${((Date.now() - began) / 1000).toFixed(0)} s: ${what}`);
  try {
    after("the workbench is there");
    await bench.page.locator(".notification-toast .monaco-button", { hasText: "Install" }).first().click();
    await bench.page.locator(".notification-toast", { hasText: "Installing" }).waitFor();
    await bench.screenshot("installing");
    await bench.statusItem.locator(".codicon-book").waitFor({ timeout: INSTALL_TIMEOUT_MS });
    after("the server is installed, and the index built");
    await bench.command("Scholiast: Ask");
    const chat = await bench.chat();
    await chat.locator("textarea").fill("how is a session cookie signed?");
    await chat.locator("textarea").press("Enter");
    await chat.locator(".turn[data-state=done] .sources .source.verified").first().waitFor();
    after("the first cited answer");
    await bench.command("Scholiast: Show Status");
    await bench.quickRows.filter({ hasText: "globalStorage" }).waitFor();
  } finally {
    await bench.screenshot("installed");
    await bench.close();
  }
});
