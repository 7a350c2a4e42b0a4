import assert from "node:assert/strict";
import { test } from "node:test";
import { pageHtml } from "../../src/chat/html";
import { fromPage } from "../../src/chat/messages";

test("messages of the page are taken as they should be, and nothing else is", () => {
  for (const message of [
    { type: "ready" },
    { type: "ask", question: "how?" },
    { type: "open", turn: "t", n: 3 },
    { type: "openAttached", turn: null },
    { type: "insert", text: "x = 1" },
    { type: "judge", turn: "t", said: null },
    { type: "judge", turn: "t", said: { verdict: "good" } },
    { type: "judge", turn: "t", said: { verdict: "bad", edit: "So." } },
    { type: "run", command: "install" },
  ]) {
    assert.deepEqual(fromPage({ ...message, further: 1 }), message);
  }
  for (const message of [
    undefined,
    3,
    { type: "ask", question: "  " },
    { type: "ask" },
    { type: "open", turn: "t", n: "3" },
    { type: "judge", turn: "t" },
    { type: "judge", turn: "t", said: { verdict: "great" } },
    { type: "judge", turn: "t", said: { verdict: "bad", edit: 3 } },
    { type: "run", command: "workbench.action.quit" },
    { type: "run", command: "constructor" },
    { type: "made-up" },
  ]) {
    assert.equal(fromPage(message), undefined);
  }
});

test("the page runs one script, by its nonce, and loads nothing from elsewhere", () => {
  const html = pageHtml({ script: "u:/chat.js", styles: ["u:/a.css", "u:/b.css"], source: "u:", nonce: "n0nce" });
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
  assert.equal(policy, "default-src 'none'; style-src u:; font-src u:; script-src 'nonce-n0nce'");
  assert.deepEqual(html.match(/<script [^>]*>/g), ['<script nonce="n0nce" src="u:/chat.js">']);
  assert.doesNotMatch(html, /unsafe|https?:| on\w+=/);
});
