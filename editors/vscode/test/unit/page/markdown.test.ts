import "./browser";
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimsOf, marked, runs, unmarked } from "../../../src/chat/page/claims";
import { element } from "../../../src/chat/page/dom";
import { GrowingMarkdown, markdown, type Rendering } from "../../../src/chat/page/markdown";
import type { Sentence } from "../../../src/server/protocol";

const done: string[] = [];
const RENDERING: Rendering = {
  claims: [],
  copy: (text) => done.push(`copy ${text}`),
  insert: (text) => done.push(`insert ${text}`),
  cite: (n) => (n <= 4 ? element("button", { class: "cite" }, String(n)) : undefined),
};

function rendered(text: string, sentences: readonly Sentence[] = []): HTMLElement {
  const root = element("div");
  root.append(...markdown(text, { ...RENDERING, claims: claimsOf(sentences) }));
  return root;
}

function texts(root: HTMLElement, selector: string): string[] {
  return [...root.querySelectorAll(selector)].map(({ textContent }) => textContent);
}

test("blocks and spans become elements", () => {
  const root = rendered("# One\n\nA **b** _c_ `d`\n\n- x\n- y\n\n3. z\n\n> q\n\n|a|b|\n|-|-|\n|1|2|\n\n---\n");
  assert.deepEqual(
    [...root.children].map(({ tagName }) => tagName),
    ["H3", "P", "UL", "OL", "BLOCKQUOTE", "TABLE", "HR"],
  );
  assert.deepEqual([texts(root, "strong"), texts(root, "em"), texts(root, "code")], [["b"], ["c"], ["d"]]);
  assert.equal(root.querySelector("ol")?.start, 3);
});

test("whatever the text says, it makes no link, no image, no script and no handler", () => {
  const hostile = [
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![i](https://example.org/x.png)",
    "<a href='command:workbench.action.quit'>x</a>",
    "[1]: javascript:alert(1)",
    "`<b>`",
    '```html" onload="alert(1)\n<iframe></iframe>\n```',
    "a <b onclick=x>b</b> &lt;i&gt;",
  ].join("\n\n");
  const root = rendered(hostile);
  assert.equal(root.querySelectorAll("a, img, script, iframe, b, style, link").length, 0);
  const attributes = [...root.querySelectorAll("*")].flatMap((node) => [...node.attributes].map(({ name }) => name));
  assert.deepEqual(
    attributes.filter((name) => /^on|href|src|style/.test(name)),
    [],
  );
  for (const kept of [
    "<img src=x onerror=alert(1)>",
    "click (javascript:alert(1))",
    "i (https://example.org/x.png)",
    "<iframe></iframe>",
  ]) {
    assert.ok(root.textContent.includes(kept), kept);
  }
});

test("numbers of known sources become buttons, alone, in lists, in ranges", () => {
  const root = rendered("A [1][2]. B [1, 3]. C [2-4]. D [9] [1, 9]. `x[1]` E(f)[3].\n\n```\ny[2]\n```");
  assert.deepEqual(texts(root, ".cite"), ["1", "2", "1", "3", "2", "3", "4", "3"]);
  assert.ok(root.textContent.includes("D [9] [1, 9]."));
  assert.deepEqual(texts(root, "code"), ["x[1]", "y[2]"]);
});

test("code has its language and buttons that give exactly its text", () => {
  const root = rendered("```python\nif a < b:\n    pass\n```");
  assert.deepEqual(texts(root, ".code-language"), ["python"]);
  root.querySelectorAll<HTMLButtonElement>(".code button").forEach((found) => found.click());
  assert.deepEqual(done.splice(0), ["copy if a < b:\n    pass", "insert if a < b:\n    pass"]);
});

test("a sentence whose citation does not hold is marked, across emphasis and code, with the reason", () => {
  const text = "Fine [1]. It **calls `x`** twice [2]. End.";
  const start = text.indexOf("It");
  const broken: Sentence = { start, end: text.indexOf(" End"), status: "unsupported", reason: "no `x` there" };
  const root = rendered(text, [{ start: 0, end: 9, status: "verified", reason: "" }, broken]);
  assert.equal(texts(root, ".claim.unsupported").join(""), "It calls x twice 2.");
  assert.deepEqual(
    new Set([...root.querySelectorAll(".claim")].map((node) => node.getAttribute("title"))),
    new Set(["no `x` there"]),
  );
  assert.equal(root.textContent, "Fine 1. It calls x twice 2. End.");
});

test("a claim that begins with a list item or a heading leaves it one", () => {
  const text = "- one [1]\n- two [2]\n\n# Head [3]";
  const sentences = [...text.matchAll(/- \w+ \[\d\]|# .*/g)].map((match): Sentence => ({
    start: match.index,
    end: match.index + match[0].length,
    status: "moved",
    reason: "r",
  }));
  const root = rendered(text, sentences);
  assert.deepEqual([texts(root, "li"), texts(root, "h3")], [["one 1", "two 2"], ["Head 3"]]);
  assert.equal(root.querySelectorAll("li .claim, h3 .claim").length, 3);
});

test("what was verified is not marked, and what overlaps is left out", () => {
  const sentences: Sentence[] = [
    { start: 6, end: 9, status: "uncited", reason: "" },
    { start: 0, end: 5, status: "verified", reason: "" },
    { start: 3, end: 6, status: "moved", reason: "overlaps" },
  ];
  assert.deepEqual(claimsOf(sentences), [sentences[0]]);
  assert.match(
    rendered("Fine.\nSo.", sentences).querySelector(".claim.uncited")?.getAttribute("title") ?? "",
    /not checked/,
  );
});

test("marks come out again, and a text that has them beforehand loses them", () => {
  const text = "a\uE000\uE100b \uE001c";
  const made = marked(text, [{ start: 2, end: 4, status: "moved", reason: "" }]);
  assert.equal(unmarked(made), "a\uFFFD\uFFFDb \uFFFDc");
  assert.deepEqual(
    runs(made, undefined)
      .filter(({ claim }) => claim === 0)
      .map((run) => run.text),
    ["\uFFFDb"],
  );
});

test("while text grows, what is whole stays the same element", () => {
  const root = element("div");
  const growing = new GrowingMarkdown(root, RENDERING);
  growing.show("First.\n\nSec");
  const first = root.firstElementChild;
  growing.show("First.\n\nSecond.\n\n```js\nlet");
  assert.equal(root.firstElementChild, first);
  growing.show("First.\n\nSecond.\n\n```js\nlet x\n```\n");
  assert.deepEqual(texts(root, "p, pre"), ["First.", "Second.", "let x"]);
});

test("deep nesting ends somewhere", () => {
  const root = rendered(`${"> ".repeat(300)}x\n\n${"*".repeat(200)}y${"*".repeat(200)}`);
  assert.ok(root.querySelectorAll("blockquote").length < 60);
});
