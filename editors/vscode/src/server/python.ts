/** Which Python can hold the server, and what to do where there is none. Must not know VS Code. */

/** What a program printed, or undefined when it can't be run. */
export type Run = (program: string, given: readonly string[]) => Promise<string | undefined>;

export interface Python {
  readonly command: readonly string[];
  readonly version: string;
}

/** Why none serves, and a command that would help, where the system is known. */
export interface NoPython {
  readonly problem: string;
  readonly remedy: string;
}

const OLDEST = [3, 10] as const;
/** Newest last that was tested: what is newer may lack wheels. */
const NAMES = ["python3.12", "python3.13", "python3.11", "python3.10", "python3", "python"];
const PROBE = "import sys,importlib.util as u;print(*sys.version_info[:3],bool(u.find_spec('ensurepip')))";

/** A Python that is new enough and can make virtual environments; the one that is set alone where one is. */
export async function findPython(run: Run, platform: NodeJS.Platform, set = ""): Promise<Python | NoPython> {
  const commands = set ? [[set]] : [...NAMES.map((name) => [name]), ...(platform === "win32" ? [["py", "-3"]] : [])];
  const tooOld: string[] = [];
  let lacksEnvironments = "";
  for (const [program = "", ...given] of commands) {
    const printed = await run(program, [...given, "-c", PROBE]);
    const [, major, minor, patch, hasPip] = /^(\d+) (\d+) (\d+) (True|False)\s*$/.exec(printed ?? "") ?? [];
    if (major === undefined || minor === undefined || patch === undefined) {
      continue;
    }
    const version = `${major}.${minor}.${patch}`;
    if (Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1])) {
      tooOld.push(version);
    } else if (hasPip === "True") {
      return { command: [program, ...given], version };
    } else {
      lacksEnvironments ||= version;
    }
  }
  return { problem: problem(set, tooOld, lacksEnvironments), remedy: remedy(platform, lacksEnvironments) };
}

function problem(set: string, tooOld: readonly string[], lacksEnvironments: string): string {
  if (lacksEnvironments) {
    return `Python ${lacksEnvironments} is here, but it can't make virtual environments: its package for them is missing.`;
  }
  if (tooOld.length > 0) {
    return `Scholiast needs Python ${OLDEST.join(".")} or newer; here is ${tooOld.join(", ")}.`;
  }
  return set
    ? `The setting scholiast.server.python is “${set}”, which can't be run.`
    : `Scholiast needs Python ${OLDEST.join(".")} or newer, and none was found on PATH.`;
}

function remedy(platform: NodeJS.Platform, lacksEnvironments: string): string {
  switch (platform) {
    case "darwin":
      return "brew install python@3.12";
    case "win32":
      return "winget install Python.Python.3.12";
    default:
      return lacksEnvironments ? "sudo apt install python3-venv" : "sudo apt install python3 python3-venv";
  }
}
