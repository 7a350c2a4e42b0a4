/**
 * Which program is the server: what is set, the workspace's virtual environment, `PATH`, what the extension installed.
 * Must not know VS Code or how a server is started.
 */
import * as path from "node:path";

export type Origin = "setting" | "workspace" | "path" | "installed";

export interface Found {
  readonly program: string;
  readonly origin: Origin;
}

/** A program that is set and can't be started. */
export interface Unusable {
  readonly problem: string;
}

export interface Surroundings {
  /** The setting `scholiast.server.path`; in a folder that is not trusted, the user's own. */
  readonly setting: string;
  /** The workspace's folders. */
  readonly folders: readonly string[];
  readonly isTrusted: boolean;
  /** The entries of `PATH`. */
  readonly searchPath: readonly string[];
  /** The environment that the extension installs into. */
  readonly own: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly isProgram: (file: string) => boolean;
}

const ENVIRONMENTS = [".venv", "venv", "env"];

/** The program; undefined where there is none and one should be installed. */
export function locate(around: Surroundings): Found | Unusable | undefined {
  if (around.setting.trim()) {
    return fromSetting(around);
  }
  const candidates: Found[] = [
    ...(around.isTrusted ? inWorkspace(around) : []),
    ...onPath(around).map((program): Found => ({ program, origin: "path" })),
    { program: programIn(around.own, around.platform), origin: "installed" },
  ];
  return candidates.find(({ program }) => around.isProgram(program));
}

/** The server's program in a virtual environment. */
export function programIn(environment: string, platform: NodeJS.Platform): string {
  return platform === "win32"
    ? path.win32.join(environment, "Scripts", "scholiast.exe")
    : path.posix.join(environment, "bin", "scholiast");
}

/** The entries of a `PATH`; relative ones would mean another program in each folder, so they are left out. */
export function searchPath(value: string | undefined, platform: NodeJS.Platform): string[] {
  const rules = rulesOf(platform);
  return (value ?? "").split(rules.delimiter).filter((entry) => rules.isAbsolute(entry));
}

function fromSetting(around: Surroundings): Found | Unusable {
  const rules = rulesOf(around.platform);
  const given = around.setting.trim().replace(/^~(?=$|[\\/])/, () => around.home);
  const candidates = rules.isAbsolute(given)
    ? [given]
    : around.isTrusted
      ? around.folders.map((folder) => rules.join(folder, given.replace(/^\$\{workspaceFolder\}[\\/]/, "")))
      : [];
  const program = candidates.find((candidate) => around.isProgram(candidate));
  if (program !== undefined) {
    return { program, origin: "setting" };
  }
  const why = candidates.length > 0 ? "there is no such program" : "the path has to be absolute here";
  return { problem: `The setting scholiast.server.path is “${around.setting}”, and ${why}.` };
}

function inWorkspace(around: Surroundings): Found[] {
  const rules = rulesOf(around.platform);
  return around.folders.flatMap((folder) =>
    ENVIRONMENTS.map((name): Found => ({
      program: programIn(rules.join(folder, name), around.platform),
      origin: "workspace",
    })),
  );
}

function onPath(around: Surroundings): string[] {
  const rules = rulesOf(around.platform);
  const name = around.platform === "win32" ? "scholiast.exe" : "scholiast";
  const entries = around.isTrusted
    ? around.searchPath
    : around.searchPath.filter((entry) => !around.folders.some((folder) => isBelow(entry, folder, around.platform)));
  return entries.map((entry) => rules.join(entry, name));
}

function isBelow(entry: string, folder: string, platform: NodeJS.Platform): boolean {
  const rules = rulesOf(platform);
  const way = rules.relative(folder, entry);
  return !rules.isAbsolute(way) && way.split(/[\\/]/)[0] !== "..";
}

function rulesOf(platform: NodeJS.Platform): path.PlatformPath {
  return platform === "win32" ? path.win32 : path.posix;
}
