/**
 * The sentences of an answer that cite, marked in its text so that they are found again once it is parsed as Markdown.
 * Pure; must not know the page.
 */
import type { Use, Verdict } from "../../server/protocol";

/** One sentence: what its citations come to. */
export interface Claim {
  readonly start: number;
  readonly end: number;
  readonly status: Verdict;
  readonly reasons: readonly string[];
}

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

const WORST_FIRST: readonly Verdict[] = ["unsupported", "moved", "verified"];

/** The claims in order; of the citations of one sentence the worst counts, and what overlaps is left out. */
export function claimsOf(uses: readonly Use[]): Claim[] {
  const bySpan = new Map<string, Claim>();
  for (const { start, end, status, reason } of uses) {
    const known = bySpan.get(`${start}-${end}`);
    const worst = WORST_FIRST.find((verdict) => verdict === status || verdict === known?.status) ?? status;
    const reasons = new Set([...(known?.reasons ?? []), ...(reason ? [reason] : [])]);
    bySpan.set(`${start}-${end}`, { start, end, status: worst, reasons: [...reasons] });
  }
  const inOrder = [...bySpan.values()].sort((one, other) => one.start - other.start);
  return inOrder
    .filter((claim, n) => claim.end > claim.start && claim.start >= (inOrder[n - 1]?.end ?? 0))
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
