import assert from "node:assert/strict";
import { test } from "node:test";
import { History, type Memory } from "../../src/chat/history";
import { asked, stopped, type Conversation } from "../../src/chat/model";

class Remembered implements Memory {
  readonly values = new Map<string, unknown>();
  get(key: string): unknown {
    return this.values.get(key);
  }
  update(key: string, value: unknown): Promise<void> {
    this.values.set(key, JSON.parse(JSON.stringify(value))); // VS Code keeps JSON
    return Promise.resolve();
  }
}

function conversation(id: string, questions = 1): Conversation {
  return { id, changed: 1, turns: Array.from({ length: questions }, (_, n) => stopped(asked(`${id}${n}`, `${id}?`))) };
}

test("the latest comes first, each once", async () => {
  const history = new History(new Remembered());
  for (const id of ["a", "b", "a"]) {
    await history.keep(conversation(id));
  }
  assert.deepEqual(
    history.all().map(({ id }) => id),
    ["a", "b"],
  );
  await history.forget("a");
  assert.deepEqual(
    history.all().map(({ id }) => id),
    ["b"],
  );
});

test("there are limits to how many are kept and how long they are", async () => {
  const history = new History(new Remembered());
  for (let n = 0; n < 60; n++) {
    await history.keep(conversation(`c${n}`));
  }
  await history.keep(conversation("long", 150));
  assert.equal(history.all().length, 50);
  assert.deepEqual([history.all()[0]?.turns.length, history.all()[0]?.turns.at(-1)?.id], [100, "long149"]);
});

test("a question that was open does not seem to go on when it is read again", async () => {
  const history = new History(new Remembered());
  await history.keep({ id: "a", changed: 1, turns: [asked("t", "?")] });
  assert.equal(history.all()[0]?.turns[0]?.state, "stopped");
});

test("a conversation without questions is not kept, and what is no conversation is left aside", async () => {
  const memory = new Remembered();
  const history = new History(memory);
  await history.keep({ id: "a", changed: 1, turns: [] });
  assert.deepEqual(history.all(), []);
  for (const kept of [undefined, "x", { a: 1 }, [null, 3, { id: "x" }, { id: "y", changed: 1, turns: [{ id: 3 }] }]]) {
    await memory.update("scholiast.conversations", kept ?? null);
    assert.deepEqual(history.all(), []);
  }
});
