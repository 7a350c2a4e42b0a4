import assert from "node:assert/strict";
import { test } from "node:test";
import { answered, asked, failed, isOpen, judged, stopped, title, withTurn, written } from "../../src/chat/model";
import { answer, cited } from "./answers";

const TURN = asked("t", "how is a cookie signed?");

test("a turn goes from asked over written to answered", () => {
  const writing = written(written(TURN, "It "), "is");
  assert.deepEqual([writing.state, writing.text], ["writing", "It is"]);
  assert.equal(written(writing, "No", true).text, "No");
  const done = answered(writing, answer());
  assert.deepEqual([done.state, done.text], ["done", "`sign_payload` returns the signature [1]."]);
  assert.deepEqual([TURN, writing, done, stopped(writing), failed(writing, "x")].map(isOpen), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("what is said of an answer stays until it is taken back or the question is asked again", () => {
  const done = answered(TURN, answer());
  assert.equal(done.answer, "7");
  const said = judged(done, { verdict: "bad", edit: "So." });
  assert.deepEqual([said.said, said.text], [{ verdict: "bad", edit: "So." }, done.text]);
  assert.equal(judged(said, undefined).said, undefined);
});

test("an answer's sources are what it cites, then what was read besides", () => {
  const { findings } = answered(TURN, answer());
  assert.ok(findings);
  const [first, second] = findings.sources;
  assert.deepEqual([first?.label, first?.status, first?.score], ["src/cookies.py:12-14", "verified", 1.83]);
  assert.equal(first?.uri, "file:///home/ada/kiln/src/cookies.py");
  assert.deepEqual([second?.label, second?.status], ["tests/a b.py:3", "unused"]);
  assert.equal(second?.uri, "file:///home/ada/kiln/tests/a%20b.py");
  assert.deepEqual(second.range, { start: { line: 2, character: 0 }, end: { line: 3, character: 0 } });
});

test("what an answer made up leads nowhere", () => {
  const made = cited(9, { path: "", uri: null, range: null, status: "unsupported", reason: "there is no source 9" });
  const { findings } = answered(TURN, answer({ citations: [made] }));
  const source = findings?.sources.find(({ n }) => n === 9);
  assert.deepEqual([source?.label, source?.uri, source?.reason], ["no such source", undefined, "there is no source 9"]);
});

test("who wrote it is told in words", () => {
  const { provenance } = answer();
  const generated = answer({
    engine: "llama",
    adapter: "house-style",
    provenance: { ...provenance, model: "/models/qwen.gguf", adapter_scale: 1, complete: false, note: "" },
    note: "kiln is being indexed (40 %).",
  });
  const { findings } = answered(TURN, generated);
  assert.ok(findings);
  assert.equal(findings.writer, "llama · qwen.gguf · adapter house-style ×1.0");
  assert.deepEqual(findings.notes, ["kiln is being indexed (40 %).", "The answer was cut short."]);
  assert.equal(answered(TURN, answer()).findings?.writer, "from the code alone");
});

test("of an answer that found nothing only the first line is text, as places follow as sources", () => {
  const nothing = answer({ found: false, citations: [], text: "Nothing answers that. The closest:\n  a.py:1  x" });
  const turn = answered(TURN, nothing);
  assert.equal(turn.text, "Nothing answers that. The closest:");
  assert.deepEqual(
    turn.findings?.sources.map(({ n }) => n),
    [1, 2],
  );
});

test("a conversation keeps each turn in its place and is called by its first question", () => {
  const empty = { id: "c", changed: 0, turns: [] };
  const one = withTurn(withTurn(empty, TURN), asked("u", "and then?"));
  const changed = withTurn(one, written(TURN, "x"));
  assert.deepEqual(
    changed.turns.map(({ id, text }) => [id, text]),
    [
      ["t", "x"],
      ["u", ""],
    ],
  );
  assert.equal(title(changed), "how is a cookie signed?");
  assert.equal(title(withTurn(empty, asked("l", `a\n${"long ".repeat(40)}`))).length, 80);
});
