/**
 * The sentences of an answer that do not hold, marked in its text so that they are found again once it is parsed as Markdown.
 * Pure; must not know the page.
 */
import type { Sentence } from "../../server/protocol";

/** A sentence that is shown to be less than verified. */
export type Claim = Sentence;

/** A run of text, and the claim it is part of. */
export interface Run {
  readonly text: string;
  readonly claim: number | undefined;
}

// Of the private use area: no text needs them, and those that have them lose them.
const OPEN = "\uE000";
const CLOSE = "\uE001";
const FIRST_NUMBER = 0xe100;
const CLAIMS_MAX = 1_000;
const MARK = /\uE000[\uE100-\uE4E7]|\uE001/g;
const RESERVED = /[\uE000\uE001\uE100-\uE4E7]/g;

/** The sentences that are marked as what they are: all but those that were verified. */
export function claimsOf(sentences: readonly Sentence[]): Claim[] {
  const inOrder = [...sentences].sort((one, other) => one.start - other.start);
  return inOrder
    .filter(({ start, end }, n) => end > start && start >= (inOrder[n - 1]?.end ?? 0))
    .filter(({ status }) => status !== "verified")
    .slice(0, CLAIMS_MAX);
}

/** The text with marks around its claims. */
export function marked(text: string, claims: readonly Claim[]): string {
  let made = "";
  let end = 0;
  claims.forEach((claim, n) => {
    const start = Math.min(afterLead(text, claim.start), claim.end);
    made += clean(text.slice(end, start)) + OPEN + String.fromCharCode(FIRST_NUMBER + n);
    made += clean(text.slice(start, claim.end)) + CLOSE;
    end = claim.end;
  });
  return made + clean(text.slice(end));
}

/** A parsed piece of marked text in runs, beginning inside claim `current`. */
export function runs(text: string, current: number | undefined): Run[] {
  const found: Run[] = [];
  let claim = current;
  let end = 0;
  for (const match of text.matchAll(MARK)) {
    found.push({ text: text.slice(end, match.index), claim });
    claim = match[0] === CLOSE ? undefined : match[0].charCodeAt(1) - FIRST_NUMBER;
    end = match.index + match[0].length;
  }
  return [...found, { text: text.slice(end), claim }];
}

/** The text without marks. */
export function unmarked(text: string): string {
  return text.replace(MARK, "");
}

/** Past what makes a line a list item, a heading or a quote: a mark before it would make it none. */
function afterLead(text: string, start: number): number {
  const isLineStart = start === 0 || text[start - 1] === "\n";
  const lead = isLineStart ? /^\s*(?:(?:[-*+]|\d+[.)]|#{1,6}|>)\s+)*/.exec(text.slice(start)) : null;
  return start + (lead?.[0].length ?? 0);
}

function clean(text: string): string {
  return text.replace(RESERVED, "\uFFFD");
}
