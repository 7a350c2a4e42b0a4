/** The server killed in a real workbench: it is there again, and what was asked can be asked again. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
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
    settings: { "scholiast.endpoint.url": endpoint.url, "scholiast.answer.engine": "endpoint" },
  });
  await bench.untilReady();
  await bench.command("Scholiast: Ask");
  chat = await bench.chat();
});

after(async () => {
  await bench.close();
  endpoint.close();
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
        return given.includes("serve") && environment.includes(`HOME=${bench.home}`);
      } catch {
        return false; // it has ended, or is not ours
      }
    });
}

flow("killed while it answers, it is started again and the question can be asked again", async () => {
  await chat.locator("textarea").fill("what does retry_request do?");
  await chat.locator("textarea").press("Enter");
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

flow("killed again and again it is given up, which is said, and Restart starts it", async () => {
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
