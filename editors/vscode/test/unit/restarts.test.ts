import assert from "node:assert/strict";
import { test } from "node:test";
import { Restarts } from "../../src/server/restarts";

test("a server that ends again and again is given up", () => {
  let now = 0;
  const restarts = new Restarts(() => now);
  const tried = [0, 1, 2, 3, 4].map((second) => {
    now = second * 1000;
    return restarts.isWorthwhile();
  });
  assert.deepEqual(tried, [true, true, true, true, false]);
});

test("ends that are far apart do not count together, nor those before the user's own start", () => {
  let now = 0;
  const restarts = new Restarts(() => now);
  for (let hour = 0; hour < 20; hour++) {
    now = hour * 3_600_000;
    assert.ok(restarts.isWorthwhile());
  }
  [1, 2, 3].forEach(() => restarts.isWorthwhile());
  assert.equal(restarts.isWorthwhile(), false);
  restarts.forget();
  assert.equal(restarts.isWorthwhile(), true);
});
