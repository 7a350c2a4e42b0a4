import assert from "node:assert/strict";
import { test } from "node:test";
import { hitsText, sourceLine } from "../../src/assistant/text";
import type { Hit } from "../../src/server/protocol";
import { cited } from "./answers";

test("models get places with their code, which no backtick inside it ends", () => {
  const hit: Hit = {
    ...{
      path: "a.md",
      start_line: 1,
      end_line: 3,
      line: 1,
      score: 1,
      language: "markdown",
      symbol: "Use",
      kind: "section",
    },
    ...{ text: "````py\nx\n````\n", why: {}, uri: "file:///a.md" },
    range: { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } },
  };
  assert.equal(hitsText([hit]), "a.md:1-3 Use\n`````markdown\n````py\nx\n````\n`````");
  assert.ok(hitsText([{ ...hit, text: "x".repeat(5000) }]).length < 2_100);
  assert.match(hitsText([]), /^Nothing/);
});

test("a source says whether it holds", () => {
  assert.equal(sourceLine(cited(1)), " `CookieSigner.sign_payload` · verified");
  assert.equal(sourceLine(cited(1, { status: "unsupported", reason: "no", symbol: "" })), " · **not supported**: no");
});
