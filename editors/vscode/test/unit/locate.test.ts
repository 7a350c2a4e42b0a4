import assert from "node:assert/strict";
import { test } from "node:test";
import { locate, programIn, searchPath, type Surroundings } from "../../src/server/locate";

const BASE: Surroundings = {
  setting: "",
  folders: ["/code/kiln"],
  isTrusted: true,
  searchPath: ["/usr/bin"],
  own: "/home/ada/storage/server",
  home: "/home/ada",
  platform: "linux",
  isProgram: () => false,
};

function among(...programs: string[]): (file: string) => boolean {
  return (file) => programs.includes(file);
}

const SET = "/opt/scholiast";
const WORKSPACE = "/code/kiln/.venv/bin/scholiast";
const PATH = "/usr/bin/scholiast";
const OWN = "/home/ada/storage/server/bin/scholiast";

test("the setting comes first, then the workspace, PATH, and what was installed", () => {
  const all = among(SET, WORKSPACE, PATH, OWN);
  assert.deepEqual(locate({ ...BASE, isProgram: all, setting: SET }), { program: SET, origin: "setting" });
  assert.deepEqual(locate({ ...BASE, isProgram: all }), { program: WORKSPACE, origin: "workspace" });
  assert.deepEqual(locate({ ...BASE, isProgram: among(PATH, OWN) }), { program: PATH, origin: "path" });
  assert.deepEqual(locate({ ...BASE, isProgram: among(OWN) }), { program: OWN, origin: "installed" });
  assert.equal(locate(BASE), undefined);
});

test("nothing is taken from a workspace that is not trusted", () => {
  const inside = "/code/kiln/tools/bin";
  const around = { ...BASE, isTrusted: false, searchPath: [inside, "/usr/bin"] };
  assert.equal(locate({ ...around, isProgram: among(WORKSPACE, `${inside}/scholiast`) }), undefined);
  assert.deepEqual(locate({ ...around, isProgram: among(WORKSPACE, PATH) }), { program: PATH, origin: "path" });
  const relative = { ...around, setting: ".venv/bin/scholiast", isProgram: among(WORKSPACE) };
  assert.match(JSON.stringify(locate(relative)), /has to be absolute/);
});

test("a setting is a path, absolute, at home or in the workspace", () => {
  for (const [setting, program] of [
    ["~/bin/scholiast", "/home/ada/bin/scholiast"],
    [".venv/bin/scholiast", WORKSPACE],
    ["${workspaceFolder}/.venv/bin/scholiast", WORKSPACE],
  ] as const) {
    assert.deepEqual(locate({ ...BASE, setting, isProgram: among(program) }), { program, origin: "setting" });
  }
});

test("a setting that leads nowhere is said, and nothing else is taken for it", () => {
  const found = locate({ ...BASE, setting: "/gone/scholiast", isProgram: among(WORKSPACE, PATH, OWN) });
  assert.match(JSON.stringify(found), /\/gone\/scholiast.*no such program/);
});

test("relative entries of PATH are left out", () => {
  assert.deepEqual(searchPath("/usr/bin:.:bin::/opt/x", "linux"), ["/usr/bin", "/opt/x"]);
  assert.deepEqual(searchPath("C:\\bin;.;D:\\x", "win32"), ["C:\\bin", "D:\\x"]);
  assert.deepEqual(searchPath(undefined, "linux"), []);
});

test("Windows has programs of its own", () => {
  const program = "C:\\kiln\\venv\\Scripts\\scholiast.exe";
  const around = { ...BASE, platform: "win32" as const, folders: ["C:\\kiln"], isProgram: among(program) };
  assert.deepEqual(locate(around), { program, origin: "workspace" });
  assert.equal(programIn("C:\\x", "win32"), "C:\\x\\Scripts\\scholiast.exe");
});
