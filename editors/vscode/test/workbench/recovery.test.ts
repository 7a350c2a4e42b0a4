/** The server killed in a real workbench: it is there again, and what was asked can be asked again. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { Stage } from "./stage";

const stage = new Stage({
  chat: true,
  setup: (endpoint) => ({
    settings: { "scholiast.endpoint.url": endpoint, "scholiast.answer.engine": "endpoint" },
  }),
});

/** Ids of the server's processes in this workbench, which alone has this home. */
function servers(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => {
      try {
        const given = readFileSync(`/proc/${id}/cmdline`, "utf8").split("\0");
        const environment = readFileSync(`/proc/${id}/environ`, "utf8").split("\0");
        return given.includes("serve") && environment.includes(`HOME=${stage.bench.home}`);
      } catch {
        return false; // it has ended, or is not ours
      }
    });
}

stage.flow("killed while it answers, it is started again and the question can be asked again", async () => {
  const { bench, chat, endpoint } = stage;
  await stage.ask("what does retry_request do?");
  await endpoint.untilAsked();
  endpoint.write("It ");
  await chat.locator(".turn[data-state=writing]").waitFor();
  const before = servers();
  assert.equal(before.length, 1);
  before.forEach((id) => process.kill(id, "SIGKILL"));
  await chat.locator(".turn[data-state=failed]", { hasText: "ask once more" }).waitFor();
  await bench.screenshot("killed");
  await bench.untilReady();
  assert.notDeepEqual(servers(), before);
  await chat.locator('[title="Ask again"]').click();
  await endpoint.untilAsked();
  endpoint.write("`retry_request` sends a request again [1].");
  endpoint.end();
  await chat.locator(".turn[data-state=done] .sources .source.verified").waitFor();
});

stage.flow("killed again and again it is given up, which is said, and Restart starts it", async () => {
  const { bench, chat } = stage;
  for (let times = 0; times < 5; times++) {
    let found = servers();
    while (found.length === 0 && !(await chat.locator(".notice .action").isVisible())) {
      await bench.page.waitForTimeout(100);
      found = servers();
    }
    found.forEach((id) => process.kill(id, "SIGKILL"));
    while (servers().some((id) => found.includes(id))) {
      await bench.page.waitForTimeout(50);
    }
  }
  await bench.statusItem.locator(".codicon-error").waitFor();
  await chat.locator(".notice", { hasText: "several times" }).waitFor();
  await bench.screenshot("given-up");
  await chat.locator(".notice .action", { hasText: "Restart" }).click();
  await bench.untilReady();
});
