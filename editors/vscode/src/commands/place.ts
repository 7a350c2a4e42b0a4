/** The place that a command is about: what came along, else where the user is. */
import * as vscode from "vscode";
import { here, plain } from "../documents/here";
import type { Place } from "../documents/reveal";
import type { Range } from "../server/protocol";

export { plain as rangeOf };

/** The place, of arguments as code actions and links have them. */
export function placeOf(uri: unknown, range: unknown): Place {
  if (typeof uri === "string" && isRange(range)) {
    return { uri, range };
  }
  const place = here(); // a menu gives a URI of its own, which is that of the active editor
  if (place === undefined) {
    throw new Error("No file is open to ask about: open one, and put the cursor or a selection where you mean.");
  }
  return place;
}

function isRange(value: unknown): value is Range {
  const { start, end } = (value ?? {}) as Partial<Range>;
  return [start, end].every((at) => typeof at?.line === "number" && typeof at.character === "number");
}

/** A range of the wire for VS Code. */
export function vscodeRange({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}
