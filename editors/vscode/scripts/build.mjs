// Bundles the extension and the chat page into out/; with --tests the tests too. Must not know how a .vsix is packed.
import { build } from "esbuild";
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const withTests = process.argv.includes("--tests");
const isRelease = process.argv.includes("--release");

const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: isRelease,
  sourcemap: isRelease ? false : "linked",
  logLevel: "warning",
};
const forNode = { ...shared, platform: "node", format: "cjs", target: "node20", external: ["vscode"] };

await rm(path.join(root, "out"), { recursive: true, force: true });
await Promise.all([
  build({ ...forNode, entryPoints: ["src/extension.ts"], outfile: "out/extension.js" }),
  build({
    ...shared,
    platform: "browser",
    format: "iife",
    target: "es2022",
    entryPoints: { "page/chat": "src/chat/page/main.ts" },
    outdir: "out",
  }),
  copyStyles(),
  withTests ? buildTests() : undefined,
]);

/** The page's own style, and the font of VS Code's icons. */
async function copyStyles() {
  const page = path.join(root, "out", "page");
  const icons = path.join(root, "node_modules", "@vscode", "codicons", "dist");
  await mkdir(page, { recursive: true });
  await copyFile(path.join(root, "src", "chat", "page", "chat.css"), path.join(page, "chat.css"));
  for (const name of ["codicon.css", "codicon.ttf"]) {
    await copyFile(path.join(icons, name), path.join(page, name));
  }
}

async function buildTests() {
  for (const folder of ["unit", "unit/page", "host", "workbench"]) {
    const names = await readdir(path.join(root, "test", folder)).catch(() => []);
    const entryPoints = names
      .filter((name) => /\.test\.ts$|^index\.ts$/.test(name))
      .map((name) => `test/${folder}/${name}`);
    await build({
      ...forNode,
      entryPoints,
      outdir: `out/test/${folder}`,
      outExtension: { ".js": ".cjs" },
      packages: "external",
    });
  }
}
