/** What can be started. */
import { accessSync, constants, statSync } from "node:fs";

/** Whether a file is there that may be run. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false; // not there, or not for us: no program either way
  }
}
