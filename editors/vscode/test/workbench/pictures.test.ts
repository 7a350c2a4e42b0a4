/**
 * The pictures in README.md, taken of this repository in a real workbench: SCHOLIAST_PICTURES names the folder that they
 * go into (docs/images). What they show is for a person to look at.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { needed, Workbench } from "./workbench";

const FOLDER = process.env.SCHOLIAST_PICTURES;
const PROJECT = path.join(__dirname, "..", "..", "..", "..", "..");
const HOVERED = { file: "server/scholiast_server/compose.py", name: "disk_reader" };

/** The question that README.md itself asks. */
function question(): string {
  const found = /scholiast ask "([^"]+)"/.exec(readFileSync(path.join(PROJECT, "README.md"), "utf8"))?.[1];
  if (found === undefined) {
    throw new Error("README.md asks nothing");
  }
  return found;
}

/** The line of a file, from 1, that uses a name last. */
function lastUse({ file, name }: typeof HOVERED): number {
  const lines = readFileSync(path.join(PROJECT, file), "utf8").split("\n");
  return lines.findLastIndex((line) => line.includes(`${name}(`) && !line.startsWith("def ")) + 1;
}

test("pictures are taken", { skip: FOLDER === undefined && "set SCHOLIAST_PICTURES=docs/images" }, async () => {
  const parent = mkdtempSync(path.join(tmpdir(), "scholiast-pictures-"));
  const workspace = path.join(parent, "scholiast");
  execFileSync("git", ["clone", "--quiet", PROJECT, workspace]);
  const bench = await Workbench.start({
    workspace,
    searchPath: needed("SCHOLIAST_PROGRAMS"),
    size: { width: 1200, height: 720 },
    settings: {
      "workbench.colorTheme": "Default Dark Modern",
      "workbench.secondarySideBar.defaultVisibility": "hidden",
      "editor.stickyScroll.enabled": false,
    },
  });
  const { page } = bench;
  const picture = async (name: string): Promise<void> => {
    await page.waitForTimeout(2_000); // colours come a moment after the text, and nothing says when
    await page.screenshot({ path: path.resolve(PROJECT, FOLDER ?? "", `vscode-${name}.png`), animations: "disabled" });
  };
  try {
    await bench.untilReady();
    await bench.command("Scholiast: Ask");
    const chat = await bench.chat();
    await chat.locator("textarea").fill(question());
    await chat.locator("textarea").press("Enter");
    await chat.locator(".turn[data-state=done] .sources").waitFor();
    await chat.locator("button.cite").first().click();
    await bench.selection(/selected/);
    await picture("chat");
    await bench.open(HOVERED.file, lastUse(HOVERED));
    await page
      .locator(".view-line span span", { hasText: new RegExp(`${HOVERED.name}$`) })
      .last()
      .hover();
    await page.locator(".monaco-hover:not(.hidden)", { hasText: "Where is it used?" }).waitFor();
    await picture("hover");
    await page.keyboard.press("Escape");
    await bench.list("Scholiast: Search Code", "Search Code");
    await bench.quickInput.fill("where are vectors compared");
    await bench.quickRows.nth(5).waitFor();
    await bench.line("def ").waitFor(); // the preview of the first
    await picture("search");
  } finally {
    await bench.close();
    rmSync(parent, { recursive: true, force: true });
  }
});
