/** Hits and citations as text for VS Code's chat and its models. Must not know VS Code. */
import type { Citation, Hit } from "../server/protocol";

const TEXT_CHARACTERS_MAX = 2_000;

/** Each place with its lines and its code, best first. */
export function hitsText(hits: readonly Hit[]): string {
  const places = hits.map(({ path, start_line, end_line, symbol, language, text }) => {
    const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
    const code = text.length > TEXT_CHARACTERS_MAX ? `${text.slice(0, TEXT_CHARACTERS_MAX)}\n…` : text.trimEnd();
    return `${path}:${start_line}-${end_line} ${symbol}\n${fence}${language}\n${code}\n${fence}`;
  });
  return places.length > 0 ? places.join("\n\n") : "Nothing in this code is like that.";
}

/** What a source is and whether it holds, behind the link to it. */
export function sourceLine({ symbol, status, reason }: Citation): string {
  const said = { verified: "verified", moved: "moved", unsupported: "**not supported**" }[status];
  return [symbol && ` \`${symbol}\``, ` · ${said}`, reason && `: ${reason}`].filter(Boolean).join("");
}
