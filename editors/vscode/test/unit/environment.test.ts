import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync, chmodSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { advice, install, InstallError, isOutdated, requirement } from "../../src/server/environment";

function folder(): string {
  return mkdtempSync(path.join(tmpdir(), "scholiast-environment-"));
}

/** A Python that makes an environment of shell scripts: `pip` says what it is told, `scholiast` runs. */
function python(at: string, pip = "exit 0"): string {
  const program = path.join(at, "python3");
  const script = `#!/bin/sh
mkdir -p "$3/bin"
printf '#!/bin/sh\\n${pip}\\n' > "$3/bin/python"
printf '#!/bin/sh\\necho scholiast 0.1.0\\n' > "$3/bin/scholiast"
chmod +x "$3/bin/python" "$3/bin/scholiast"
`;
  writeFileSync(program, script);
  chmodSync(program, 0o755);
  return program;
}

function told(): { steps: string[]; lines: string[]; step: (m: string) => void; line: (m: string) => void } {
  const steps: string[] = [];
  const lines: string[] = [];
  return { steps, lines, step: (message) => steps.push(message), line: (text) => lines.push(text) };
}

const onUnix = { skip: process.platform === "win32" && "the fake Python is a shell script" };

test("it is made, filled and checked, and remembers its version", onUnix, async () => {
  const at = folder();
  const environment = path.join(at, "storage", "server");
  const log = told();
  const given = { command: [python(at)], version: "3.12.1" };
  await install(environment, given, "scholiast==0.1.0", "0.1.0", { ...log, cancelled: new AbortController().signal });
  assert.equal(log.steps.length, 3);
  assert.ok(log.lines.includes("scholiast 0.1.0"));
  assert.ok(log.lines.some((line) => line.endsWith("install --disable-pip-version-check --no-input scholiast==0.1.0")));
  assert.equal(await isOutdated(environment, "0.1.0"), false);
  assert.equal(await isOutdated(environment, "0.2.0"), true);
  assert.equal(await isOutdated(path.join(at, "nothing"), "0.2.0"), false);
});

test("what failed is said with what to do, and nothing counts as installed", onUnix, async () => {
  const at = folder();
  const environment = path.join(at, "server");
  const given = {
    command: [python(at, "echo error: command g++ failed: No such file >&2; exit 1")],
    version: "3.12.1",
  };
  const done = install(environment, given, "scholiast", "0.1.0", {
    ...told(),
    cancelled: new AbortController().signal,
  });
  await assert.rejects(done, (error) => error instanceof InstallError && error.message.includes("C++ compiler"));
  assert.equal(existsSync(path.join(environment, "scholiast-version")), false);
});

test("cancelled, it ends with all that it started", { ...onUnix, timeout: 30_000 }, async () => {
  const at = folder();
  const stop = new AbortController();
  const given = { command: [python(at, "sleep 600 & echo compiling; wait")], version: "3.12.1" };
  const line = (text: string): void => {
    if (text === "compiling") {
      stop.abort();
    }
  };
  const done = install(path.join(at, "server"), given, "x", "0.1.0", { ...told(), line, cancelled: stop.signal });
  await assert.rejects(done, { message: "Cancelled." }); // once nothing holds its output open
});

test("cancelled before a step, it does not begin", onUnix, async () => {
  const at = folder();
  const stop = new AbortController();
  const given = { command: [python(at)], version: "3.12.1" };
  const log = told();
  const step = (message: string): void => {
    log.step(message);
    if (message.startsWith("Installing")) {
      stop.abort();
    }
  };
  await assert.rejects(install(path.join(at, "server"), given, "x", "0.1.0", { ...log, step, cancelled: stop.signal }));
  assert.equal(log.steps.length, 2);
});

test("the wheel that came with the extension is preferred to what is published", async () => {
  const extension = folder();
  assert.equal(await requirement(extension, "0.1.0"), "scholiast==0.1.0");
  mkdirSync(path.join(extension, "server"));
  writeFileSync(path.join(extension, "server", "scholiast-0.1.0-py3-none-any.whl"), "");
  assert.match(await requirement(extension, "0.1.0"), /server.scholiast-0\.1\.0-py3-none-any\.whl$/);
});

test("advice fits what was printed", () => {
  assert.match(advice("error: command 'x86_64-linux-gnu-g++' failed"), /compiler/);
  assert.match(advice("error: Microsoft Visual C++ 14.0 or greater is required"), /compiler/);
  assert.match(advice("Temporary failure in name resolution"), /can't be reached/);
  assert.match(advice("ERROR: No matching distribution found for scholiast==9"), /scholiast\.server\.path/);
  assert.match(advice("anything else"), /log/);
});
