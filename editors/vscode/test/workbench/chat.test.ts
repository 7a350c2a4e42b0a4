/** The chat in a real workbench: streamed, stopped, asked again; citations open what they cite; conversations stay. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Frame } from "playwright-core";
import { Endpoint } from "./endpoint";
import { needed, Workbench } from "./workbench";

let bench: Workbench;
const flow = (name: string, run: () => Promise<void>): void =>
  void test(
    name,
    Workbench.seen(() => bench, run),
  );
let chat: Frame;
let endpoint: Endpoint;

before(async () => {
  endpoint = await Endpoint.start();
  bench = await Workbench.start({
    workspace: needed("SCHOLIAST_WORKSPACE"),
    searchPath: needed("SCHOLIAST_PROGRAMS"),
    settings: { "scholiast.endpoint.url": endpoint.url, "scholiast.answer.engine": "extractive" },
  });
  await bench.untilReady();
  await bench.command("Scholiast: Ask");
  chat = await bench.chat();
});

after(async () => {
  await bench.close();
  endpoint.close();
});

async function ask(question: string): Promise<void> {
  await chat.locator("textarea").fill(question);
  await chat.locator("textarea").press("Enter");
}

flow("a citation opens its file and selects exactly its lines", async () => {
  await ask("how is a session cookie signed?");
  await chat.locator(".turn .sources").waitFor();
  const label = (await chat.locator(".source .place").first().textContent()) ?? "";
  const [, path = "", start = "", end = ""] = /^(.*):(\d+)-(\d+)$/.exec(label) ?? [];
  assert.match(path, /cookies\.py$/);
  await chat.locator("button.cite").first().click();
  await bench.tab(path).waitFor();
  const [, line] = /^Ln (\d+), /.exec(await bench.selection(/selected/)) ?? [];
  assert.equal(line, end);
  assert.ok(Number(start) < Number(end));
  await bench.screenshot("chat-citation");
});

flow("an answer streams and can be stopped, and the model is told to stop too", async () => {
  await bench.list("Scholiast: Select Engine", "What Writes Answers");
  await bench.quickRows.filter({ hasText: "An endpoint" }).click();
  await chat.locator(".choice", { hasText: "endpoint" }).waitFor();
  await ask("what does retry_request do?");
  await endpoint.untilAsked();
  endpoint.write("It **sends** a request");
  await chat.locator(".turn[data-state=writing] strong", { hasText: "sends" }).waitFor();
  endpoint.write(" again");
  await chat.locator(".turn[data-state=writing]", { hasText: "a request again" }).waitFor();
  await chat.locator('[title="Stop (Escape)"]').click();
  await chat.locator(".turn[data-state=stopped]", { hasText: "is not checked" }).waitFor();
  for (let waited = 0; endpoint.closedEarly === 0 && waited < 50; waited++) {
    await bench.page.waitForTimeout(100);
  }
  assert.equal(endpoint.closedEarly, 1);
});

flow("a stopped question is asked again, and a sentence that does not hold is shown as such", async () => {
  await chat.locator('.turn[data-state=stopped] [title="Ask again"]').click();
  for (const draft of ["first", "second"]) {
    await endpoint.untilAsked(); // a model is shown once what did not hold
    endpoint.write(`\`retry_request\` sends a request again [1]. It calls \`launch_rocket\` ${draft} [1].`);
    endpoint.end();
  }
  await chat.locator(".turn .claim.unsupported", { hasText: "launch_rocket" }).first().waitFor();
  await chat.locator(".turn .sources .source").last().waitFor();
  await bench.screenshot("chat-unsupported");
});

flow("code is inserted where the cursor is", async () => {
  await bench.open("src/kiln/views.py", 1);
  await bench.page.keyboard.press("Control+End");
  await ask("show me a call");
  await endpoint.untilAsked();
  endpoint.write("```python\nresult = retry_request(send)\n```\n\nSee [1].");
  endpoint.end();
  const code = chat.locator(".turn .code").last();
  await code.locator('[title="Insert at the cursor"]').click();
  await bench.line("result = retry_request(send)").waitFor();
  await bench.page.keyboard.press("Control+z");
});

flow("a selection is attached to a question and shown with it", async () => {
  await bench.open("src/kiln/cookies.py", 6);
  await bench.page.keyboard.press("Shift+ArrowDown");
  await bench.page.keyboard.press("Shift+ArrowDown");
  await bench.command("Scholiast: Ask About Selection");
  assert.equal((await chat.locator(".context .chip").textContent())?.trim(), "src/kiln/cookies.py:6-7");
  await ask("what is this?");
  await chat.locator(".turn .question .chip", { hasText: "src/kiln/cookies.py:6-7" }).waitFor();
  await endpoint.untilAsked();
  endpoint.write("A class [1].");
  endpoint.end();
  await chat.locator(".turn[data-state=done] .question .chip").waitFor();
});

flow("conversations are kept: after a reload the last one is there, and others can be gone on with", async () => {
  await bench.command("Scholiast: New Conversation");
  await chat.locator(".welcome").waitFor();
  await bench.list("Scholiast: Show History", "Conversations");
  await bench.quickRows.filter({ hasText: "how is a session cookie signed?" }).click();
  await chat.locator(".turn .question", { hasText: "how is a session cookie signed?" }).waitFor();
  await bench.page.reload();
  await bench.untilReady();
  chat = await bench.chat();
  await chat.locator(".turn .question", { hasText: "how is a session cookie signed?" }).waitFor();
  await chat.locator("button.cite").first().click();
  await bench.page.locator(".tabs-container .tab.active", { hasText: "cookies.py" }).waitFor();
});
