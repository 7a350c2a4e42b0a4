/** What an answer rests on: its sources with their status, and why these were chosen. */
import type { Source } from "../model";
import type { Why } from "../../server/protocol";
import { button, element, icon } from "./dom";

const STATUS = {
  verified: { icon: "pass", text: "verified" },
  moved: { icon: "arrow-right", text: "moved" },
  unsupported: { icon: "error", text: "not supported" },
  unused: { icon: "circle-outline", text: "not cited" },
} as const;

/** Signals as people may know them; whatever else a server tells is shown by its own name. */
const SIGNALS: Readonly<Record<string, string>> = {
  lexical: "words",
  dense: "meaning",
  path: "path",
  definition: "defines it",
  coherence: "same file",
};

/** The number of a source, inside the text. */
export function citation(source: Source, open: (n: number) => void): HTMLElement {
  const { text } = STATUS[source.status];
  const said = [source.label, source.symbol, text, source.reason].filter(Boolean).join(" · ");
  return button(
    {
      class: `cite ${source.status}`,
      title: said,
      label: `Source ${source.n}: ${said}`,
      onClick: () => open(source.n),
    },
    String(source.n),
  );
}

/** All that is cited, as a list to open. */
export function sourceList(
  name: string,
  sources: readonly Source[],
  open: (n: number) => void,
): HTMLElement | undefined {
  const items = sources.map((source) =>
    element("li", {}, sourceButton(source, open, source.status !== "unused"), reason(source)),
  );
  return items.length > 0 ? element("ol", { class: "sources", label: name }, ...items) : undefined;
}

/** “Why these sources”: the signals of each, what was read and not cited, which words nothing has. */
export function whyThese(
  { sources, coverage, missing }: { sources: readonly Source[]; coverage: number; missing: readonly string[] },
  open: (n: number) => void,
): HTMLElement | undefined {
  const known = sources.filter(({ score }) => score !== undefined);
  if (known.length === 0) {
    return undefined;
  }
  const covered = `These places hold ${Math.round(coverage * 100)} % of what was asked, by the weight of its words.`;
  const lacking = missing.length > 0 ? `Nowhere in the code: ${missing.join(", ")}.` : undefined;
  return element(
    "details",
    { class: "why" },
    element("summary", {}, "Why these sources"),
    element("p", {}, [covered, lacking].filter((part) => part !== undefined).join(" ")),
    ...known.map((source) =>
      element("div", { class: "signals" }, sourceButton(source, open), signals(source.score ?? 0, source.why ?? {})),
    ),
  );
}

function sourceButton(source: Source, open: (n: number) => void, showsStatus = true): HTMLElement {
  const { icon: name, text } = STATUS[source.status];
  const status = element("span", { class: "status" }, icon(name), ` ${text}`);
  return button(
    { class: `source ${source.status}`, title: "Open it", onClick: () => open(source.n) },
    element("span", { class: "number" }, `[${source.n}]`),
    element("span", { class: "place" }, ...breakable(source.label)),
    element("span", { class: "symbol" }, source.symbol),
    showsStatus ? status : undefined,
  );
}

/** A path that may be broken behind its slashes, rather than within names. */
function breakable(place: string): (Node | string)[] {
  return place.split(/(?<=\/)/).flatMap((part, n) => (n === 0 ? [part] : [element("wbr"), part]));
}

function reason({ status, reason: text }: Source): HTMLElement | undefined {
  return text && status !== "verified" ? element("p", { class: "reason" }, text) : undefined;
}

function signals(score: number, why: Why): HTMLElement {
  const shares = Object.entries(why).filter((entry): entry is [string, number] => typeof entry[1] === "number");
  const shown = shares.filter(([name, share]) => name in SIGNALS && share > 0);
  const words = why.terms;
  return element(
    "dl",
    {},
    ...row("score", score.toFixed(2)),
    ...shown.flatMap(([name, share]) => row(SIGNALS[name] ?? name, bar(share), share.toFixed(2))),
    ...(Array.isArray(words) && words.length > 0 ? row("found", words.join(", ")) : []),
  );
}

function row(name: string, ...value: (Node | string)[]): HTMLElement[] {
  return [element("dt", {}, name), element("dd", {}, ...value)];
}

function bar(share: number): HTMLElement {
  const meter = element("meter");
  meter.max = 1;
  meter.value = share;
  meter.setAttribute("aria-hidden", "true"); // the number beside it says the same
  return meter;
}
