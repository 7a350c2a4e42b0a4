import assert from "node:assert/strict";
import { test } from "node:test";
import { findPython, type Run } from "../../src/server/python";

function machine(programs: Record<string, string>): Run {
  return (program) => Promise.resolve(programs[program]);
}

test("the first that is new enough and has its tools is taken", async () => {
  const run = machine({ "python3.13": "3 13 1 False", "python3.11": "3 11 2 True", python3: "3 9 2 True" });
  assert.deepEqual(await findPython(run, "linux"), { command: ["python3.11"], version: "3.11.2" });
});

test("on Windows the launcher is asked too", async () => {
  assert.deepEqual(await findPython(machine({ py: "3 12 4 True" }), "win32"), {
    command: ["py", "-3"],
    version: "3.12.4",
  });
});

test("the one that is set is the only one", async () => {
  const run = machine({ python3: "3 12 0 True", "/opt/py": "3 12 1 True" });
  assert.deepEqual(await findPython(run, "linux", "/opt/py"), { command: ["/opt/py"], version: "3.12.1" });
  assert.match(JSON.stringify(await findPython(run, "linux", "/gone/py")), /scholiast\.server\.python is “\/gone\/py”/);
});

test("where none serves, the reason and a command are given", async () => {
  for (const [programs, platform, problem, remedy] of [
    [{}, "linux", /none was found/, /apt install python3 python3-venv/],
    [{ python3: "3 8 1 True" }, "darwin", /needs Python 3\.10 or newer; here is 3\.8\.1/, /brew/],
    [{ python3: "3 11 2 False" }, "linux", /can't make virtual environments/, /python3-venv$/],
    [{ python: "a text that is no version" }, "win32", /none was found/, /winget/],
  ] as const) {
    const found = await findPython(machine(programs), platform);
    assert.ok("problem" in found);
    assert.match(found.problem, problem);
    assert.match(found.remedy, remedy);
  }
});
