// Packs scholiast-VERSION.vsix: the bundles, the LICENSE of the project, and the server as a wheel, so that
// installing it needs no published package of exactly this version. --no-wheel leaves that out.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const project = path.join(root, "..", "..");
const copied = ["LICENSE"];

run(process.execPath, "scripts/build.mjs", "--release");
for (const name of copied) {
  copyFileSync(path.join(project, name), path.join(root, name));
}
rmSync(path.join(root, "server"), { recursive: true, force: true });
if (!process.argv.includes("--no-wheel")) {
  mkdirSync(path.join(root, "server"));
  const python = process.env.PYTHON ?? "python3";
  const isolated = process.env.PYTHON ? ["--no-build-isolation"] : []; // a Python that is named has hatchling
  run(python, "-m", "pip", "wheel", "--quiet", "--no-deps", ...isolated, "--wheel-dir", "server", project);
}
try {
  const vsce = process.env.VSCE ? [process.execPath, process.env.VSCE] : ["npx", "--yes", "@vscode/vsce@4.1.0"];
  run(
    ...vsce,
    "package",
    "--no-dependencies",
    "--allow-missing-repository",
    "--no-rewrite-relative-links",
    ...process.argv.slice(2).filter(isForVsce),
  );
} finally {
  copied.forEach((name) => rmSync(path.join(root, name)));
  rmSync(path.join(root, "server"), { recursive: true, force: true });
}

function isForVsce(argument) {
  return argument !== "--no-wheel";
}

function run(program, ...given) {
  execFileSync(program, given, { cwd: root, stdio: "inherit" });
}
