/** Hover and search in a real workbench: links are followed, the list shows each place and leaves no trace. */
import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import { Stage } from "./stage";

const stage = new Stage();

async function hover(): Promise<Locator> {
  const { bench } = stage;
  await bench.open("src/kiln/views.py", 1);
  await bench.page
    .locator(".view-line span span", { hasText: /retry_request$/ })
    .last()
    .hover();
  const shown = bench.page.locator(".monaco-hover:not(.hidden)", { hasText: "Send a request again" });
  await shown.waitFor();
  return shown;
}

stage.flow("a hover says what a name is, and its link opens the definition", async () => {
  const { bench } = stage;
  const shown = await hover();
  await bench.screenshot("hover");
  await shown.locator("a", { hasText: "src/kiln/cookies.py:17" }).click();
  await bench.tab("cookies.py").waitFor();
  await bench.selection(/^Ln 17,/);
});

stage.flow("its other links peek at the uses and explain in the chat", async () => {
  const { bench } = stage;
  await (await hover()).locator("a", { hasText: "Where is it used?" }).click();
  const peek = bench.page.locator(".peekview-widget");
  await peek.locator(".ref-tree", { hasText: "retry_request" }).waitFor();
  await bench.page.keyboard.press("Escape");
  await (await hover()).locator("a", { hasText: "Explain" }).click();
  const chat = await bench.chat();
  await chat.locator(".turn .question", { hasText: "src/kiln/cookies.py:17" }).waitFor();
  await chat.locator(".turn[data-state=done] .sources").waitFor();
});

stage.flow("search follows what is typed, shows each place, and goes to the one that is chosen", async () => {
  const { bench } = stage;
  await bench.open("README.md");
  await bench.list("Scholiast: Search Code", "Search Code");
  await bench.quickInput.fill("how are session cookies signed");
  await bench.quickRows.filter({ hasText: "CookieSigner" }).first().waitFor();
  const first = await bench.quickRows.first().textContent();
  assert.match(first ?? "", /CookieSigner.*src\/kiln\/cookies\.py:6/s);
  await bench.tab("cookies.py").waitFor(); // the preview of the first
  await bench.screenshot("search");
  await bench.page.keyboard.press("Escape");
  await bench.tab("README.md").waitFor();
  await bench.list("Scholiast: Search Code", "Search Code");
  await bench.quickRows.filter({ hasText: "CookieSigner" }).first().waitFor(); // what was looked for last
  await bench.page.keyboard.press("Enter");
  await bench.quickInput.waitFor({ state: "hidden" });
  await bench.tab("cookies.py").waitFor();
  await bench.selection(/^Ln 6,/);
});

stage.flow("related code is listed in the same way, and a doc comment is written into the document", async () => {
  const { bench } = stage;
  await bench.open("src/kiln/views.py", 8);
  await bench.list("Scholiast: Show Related Code", "Related Code");
  await bench.quickRows.filter({ hasText: "src/kiln/cookies.py" }).first().waitFor();
  await bench.page.keyboard.press("Escape");
  await bench.open("src/kiln/undocumented.py", 1);
  await bench.command("Scholiast: Document Symbol");
  await bench.line('"""').waitFor();
});

stage.flow("the status bar's item leads to all there is to know and do", async () => {
  const { bench } = stage;
  await bench.statusItem.click();
  await bench.quickRows.filter({ hasText: "Restart Server" }).waitFor();
  assert.match((await bench.quickRows.first().textContent()) ?? "", /ready.*files/s);
  await bench.screenshot("status");
  await bench.page.keyboard.press("Escape");
  await bench.command("Scholiast: Open Log");
  await bench.page.locator(".tabs-container .tab.active", { hasText: ".log" }).waitFor();
});
