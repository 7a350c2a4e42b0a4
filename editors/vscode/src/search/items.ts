/** Search hits as entries of a list. Must not know VS Code or how hits are found. */
import type { Hit } from "../server/protocol";

export interface HitText {
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

const DETAIL_CHARACTERS_MAX = 160;

/** Icons of VS Code's outline for what a hit is. */
const ICONS: Readonly<Record<string, string>> = {
  function: "symbol-function",
  method: "symbol-method",
  class: "symbol-class",
  interface: "symbol-interface",
  struct: "symbol-structure",
  enum: "symbol-enum",
  trait: "symbol-interface",
  type: "symbol-class",
  module: "symbol-module",
  constant: "symbol-constant",
  variable: "symbol-variable",
  property: "symbol-property",
  macro: "symbol-function",
  section: "markdown",
  cell: "notebook",
  text: "file-text",
};

/** What it is, where it stands, how it begins. */
export function hitText(hit: Hit): HitText {
  const place = `${hit.path}:${hit.line}`;
  const icon = ICONS[hit.kind] ?? "code";
  const name = hit.symbol || (hit.path.split("/").at(-1) ?? hit.path); // its first line would push its place out of view
  return {
    label: `$(${icon}) ${name}`,
    description: place,
    detail: firstLine(hit.symbol ? fromItsLine(hit) : hit.text),
  };
}

/** Its text from where the symbol is defined. */
function fromItsLine({ text, line, start_line: start }: Hit): string {
  return text
    .split("\n")
    .slice(line - start)
    .join("\n");
}

function firstLine(text: string): string {
  const line = text.split("\n").find((part) => /\w/.test(part)) ?? "";
  return line.trim().replaceAll("$(", "$ (").slice(0, DETAIL_CHARACTERS_MAX);
}
