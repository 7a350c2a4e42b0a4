/**
 * The virtual environment that the extension installs the server into: its steps, run one after the other.
 * Must not know VS Code.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdir, readdir, rm, writeFile, readFile } from "node:fs/promises";
import * as path from "node:path";
import { programIn } from "./locate";
import type { Python } from "./python";

export interface Told {
  /** A line for people: what is being done. */
  readonly step: (message: string) => void;
  /** A line that a program printed. */
  readonly line: (text: string) => void;
  readonly cancelled: AbortSignal;
}

/** A step that failed, with what to do. */
export class InstallError extends Error {}

const MARK = "scholiast-version";
const TAIL_LINES = 40;

/** What pip is to install: the wheel that came with the extension, else the published package of its version. */
export async function requirement(extension: string, version: string): Promise<string> {
  const folder = path.join(extension, "server");
  const names = await readdir(folder).catch(() => [] as string[]);
  const wheel = names.find((name) => name.endsWith(".whl"));
  return wheel === undefined ? `scholiast==${version}` : path.join(folder, wheel);
}

/** Whether the environment was made for another version of the extension. */
export async function isOutdated(environment: string, version: string): Promise<boolean> {
  const made = await readFile(path.join(environment, MARK), "utf8").catch(() => undefined);
  return made !== undefined && made.trim() !== version;
}

/** Make the environment anew and install into it. */
export async function install(environment: string, python: Python, wanted: string, version: string, told: Told) {
  await rm(environment, { recursive: true, force: true });
  await mkdir(path.dirname(environment), { recursive: true });
  const [program = "", ...given] = python.command;
  told.step(`Making an environment with Python ${python.version}`);
  await run(program, [...given, "-m", "venv", environment], told);
  told.step("Installing Scholiast and what it needs (a minute or two)");
  const binaries = path.dirname(programIn(environment, process.platform));
  const pip = ["-m", "pip", "install", "--disable-pip-version-check", "--no-input", wanted];
  await run(path.join(binaries, "python"), pip, told);
  told.step("Checking it");
  await run(programIn(environment, process.platform), ["--version"], told);
  await writeFile(path.join(environment, MARK), `${version}\n`);
}

/** A compiler is what a machine lacks most often, so its absence has its own words. */
export function advice(output: string): string {
  if (
    /command '?.*(g\+\+|gcc|cc|clang)'? failed|Microsoft Visual C\+\+|No such file or directory: '(g\+\+|gcc|cc)'/.test(
      output,
    )
  ) {
    return "A C++ compiler is needed: install g++ and Python's headers (`sudo apt install g++ python3-dev`), then try again.";
  }
  if (/Temporary failure in name resolution|ConnectionError|NewConnectionError|Network is unreachable/.test(output)) {
    return "The package index can't be reached. Check the connection or pip's proxy settings, then try again.";
  }
  if (output.includes("No matching distribution found for scholiast")) {
    return "The package index does not have it. Install Scholiast yourself and set scholiast.server.path.";
  }
  return "The log has what it printed.";
}

function run(program: string, given: readonly string[], told: Told): Promise<void> {
  return new Promise((resolve, reject) => {
    if (told.cancelled.aborted) {
      reject(new InstallError("Cancelled."));
      return;
    }
    told.line(`> ${program} ${given.join(" ")}`);
    // Compiled for this kind of processor and not for this one alone: a home folder may serve several machines.
    const env = { ...process.env, HNSWLIB_NO_NATIVE: "1", PYTHONNOUSERSITE: "1" };
    const detached = process.platform !== "win32"; // a group of its own, which can be ended as one
    const child = spawn(program, given, { env, detached, stdio: ["ignore", "pipe", "pipe"] });
    const cancel = (): void => endWithAllItStarted(child);
    told.cancelled.addEventListener("abort", cancel, { once: true });
    const last: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => {
        for (const line of text.split(/\r?\n/).filter((part) => part.trim())) {
          told.line(line);
          last.push(line);
          last.splice(0, Math.max(0, last.length - TAIL_LINES));
        }
      });
    }
    child.on("error", (error) => reject(new InstallError(`${program} can't be run: ${error.message}.`)));
    child.on("close", (code) => {
      told.cancelled.removeEventListener("abort", cancel);
      if (told.cancelled.aborted) {
        reject(new InstallError("Cancelled."));
      } else if (code === 0) {
        resolve();
      } else {
        reject(
          new InstallError(
            `“${path.basename(program)} ${given.slice(0, 3).join(" ")} …” failed. ${advice(last.join("\n"))}`,
          ),
        );
      }
    });
  });
}

/** pip starts compilers, which go on for minutes when it alone is ended. */
function endWithAllItStarted(child: ChildProcess): void {
  if (child.pid === undefined) {
    return;
  }
  if (process.platform === "win32") {
    spawn("taskkill", ["/pid", String(child.pid), "/t", "/f"], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(-child.pid, "SIGTERM");
  } catch {
    child.kill(); // the group is gone already
  }
}
