/** The chat in a real workbench: streamed, stopped, asked again; citations open what they cite; conversations stay. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Stage } from "./stage";

const stage = new Stage({
  chat: true,
  setup: (endpoint) => ({
    settings: { "scholiast.endpoint.url": endpoint, "scholiast.answer.engine": "extractive" },
  }),
});

stage.flow("a citation opens its file and selects exactly its lines", async () => {
  const { bench, chat } = stage;
  await stage.ask("how is a session cookie signed?");
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

stage.flow("an answer streams and can be stopped, and the model is told to stop too", async () => {
  const { bench, chat, endpoint } = stage;
  await bench.list("Scholiast: Select Engine", "What Writes Answers");
  await bench.quickRows.filter({ hasText: "An endpoint" }).click();
  await chat.locator(".choice", { hasText: "endpoint" }).waitFor();
  await stage.ask("what does retry_request do?");
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

stage.flow("a stopped question is asked again, and a sentence that does not hold is shown as such", async () => {
  const { bench, chat, endpoint } = stage;
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

stage.flow("an answer is judged and written as it should be; what is kept is shown and deleted", async () => {
  const { bench, chat } = stage;
  const turn = chat.locator(".turn[data-state=done]").first();
  await turn.locator('[aria-label="A good answer"]').click();
  await turn.locator(".said", { hasText: "good, kept on this machine" }).waitFor();
  await turn.locator('[title="Write it as it should be"]').click();
  await turn.locator(".editing textarea").fill("The **signer** signs it [1].");
  await bench.screenshot("chat-editing");
  await turn.locator(".editing .action").first().click();
  await turn.locator(".answer > p strong", { hasText: "signer" }).waitFor();
  await bench.screenshot("chat-edited");
  const file = path.join(bench.home, "data", "scholiast", "feedback.jsonl");
  const kept = JSON.parse(readFileSync(file, "utf8")) as { verdict: string; edit: string; answer: { answer: string } };
  assert.deepEqual([kept.verdict, kept.edit], ["good", "The **signer** signs it [1]."]);
  assert.match(kept.answer.answer, /CookieSigner\.sign_payload/);
  await bench.list("Scholiast: Show Feedback", "Feedback on Answers");
  const row = bench.quickRows.filter({ hasText: "The **signer** signs it" });
  await row.hover();
  await bench.screenshot("feedback");
  await row.locator(".codicon-trash").click();
  await row.waitFor({ state: "detached" });
  assert.equal(existsSync(file), false);
  await bench.page.keyboard.press("Escape");
});

stage.flow("code is inserted where the cursor is", async () => {
  const { bench, chat, endpoint } = stage;
  await bench.open("src/kiln/views.py", 1);
  await bench.page.keyboard.press("Control+End");
  await stage.ask("show me a call");
  await endpoint.untilAsked();
  endpoint.write("```python\nresult = retry_request(send)\n```\n\nSee [1].");
  endpoint.end();
  const code = chat.locator(".turn .code").last();
  await code.locator('[title="Insert at the cursor"]').click();
  await bench.line("result = retry_request(send)").waitFor();
  await bench.page.keyboard.press("Control+z");
});

stage.flow("a selection is attached to a question and shown with it", async () => {
  const { bench, chat, endpoint } = stage;
  await bench.open("src/kiln/cookies.py", 6);
  await bench.page.keyboard.press("Shift+ArrowDown");
  await bench.page.keyboard.press("Shift+ArrowDown");
  await bench.command("Scholiast: Ask About Selection");
  assert.equal((await chat.locator(".context .chip").textContent())?.trim(), "src/kiln/cookies.py:6-7");
  await stage.ask("what is this?");
  await chat.locator(".turn .question .chip", { hasText: "src/kiln/cookies.py:6-7" }).waitFor();
  await endpoint.untilAsked();
  endpoint.write("A class [1].");
  endpoint.end();
  await chat.locator(".turn[data-state=done] .question .chip").waitFor();
});

stage.flow("conversations are kept: after a reload the last one is there, and others can be gone on with", async () => {
  const { bench, chat } = stage;
  await bench.command("Scholiast: New Conversation");
  await chat.locator(".welcome").waitFor();
  await bench.list("Scholiast: Show History", "Conversations");
  await bench.quickRows.filter({ hasText: "how is a session cookie signed?" }).click();
  await chat.locator(".turn .question", { hasText: "how is a session cookie signed?" }).waitFor();
  await stage.reload();
  const { chat: again } = stage;
  await again.locator(".turn .question", { hasText: "how is a session cookie signed?" }).waitFor();
  await again.locator("button.cite").first().click();
  await bench.page.locator(".tabs-container .tab.active", { hasText: "cookies.py" }).waitFor();
});
