/**
 * An answer's Markdown as elements. Whatever the text says, it makes no link, no image and no HTML: only the numbers
 * of known sources can be clicked. Must not know the extension.
 */
import { Marked, type Token, type Tokens } from "marked";
import { marked, runs, unmarked, type Claim } from "./claims";
import { codeBlock, type CodeActions } from "./code";
import { element } from "./dom";

export interface Rendering extends CodeActions {
  /** The element for a number in brackets; undefined for one that is no source. */
  readonly cite: (n: number) => Node | undefined;
  readonly claims: readonly Claim[];
}

// A definition of a link would take the numbers in brackets for itself.
const parser = new Marked({ gfm: true, tokenizer: { def: () => undefined } });
const CITED = /\[ ?\d{1,9}(?: ?[,;–-] ?\d{1,9})* ?\]/g;
const NESTING_MAX = 40;
const UNCHECKED = "It cites nothing, so it was not checked.";

/** The text as block elements. */
export function markdown(text: string, rendering: Rendering): Node[] {
  return new Renderer(rendering).blocks(parser.lexer(marked(text, rendering.claims)), 0);
}

/** Text that grows: only the blocks that changed are made anew, so that what is selected or focused stays. */
export class GrowingMarkdown {
  #shown: { readonly raw: string; readonly nodes: readonly Node[] }[] = [];

  constructor(
    private readonly into: HTMLElement,
    private readonly rendering: Rendering,
  ) {}

  show(text: string): void {
    const tokens = parser.lexer(marked(text, []));
    const changed = tokens.findIndex((token, n) => token.raw !== this.#shown[n]?.raw);
    const kept = changed < 0 ? tokens.length : changed;
    for (const { nodes } of this.#shown.splice(kept)) {
      nodes.forEach((node) => (node as ChildNode).remove());
    }
    for (const token of tokens.slice(kept)) {
      const nodes = new Renderer(this.rendering).blocks([token], 0);
      this.into.append(...nodes);
      this.#shown.push({ raw: token.raw, nodes });
    }
  }
}

class Renderer {
  /** The claim that the text is in now. */
  #claim: number | undefined;

  constructor(private readonly rendering: Rendering) {}

  blocks(tokens: readonly Token[], depth: number): Node[] {
    return depth > NESTING_MAX ? [] : tokens.flatMap((token) => this.#block(token, depth + 1));
  }

  #block(token: Token, depth: number): Node[] {
    switch (token.type) {
      case "space":
        return [];
      case "heading": // the page's own headings are above those of an answer
        return [element(token.depth < 2 ? "h3" : "h4", {}, ...this.#inline(token as Tokens.Heading, depth))];
      case "code": {
        const { text, lang } = token as Tokens.Code;
        this.#pass(token.raw);
        return [codeBlock(unmarked(text), unmarked(lang ?? ""), this.rendering)];
      }
      case "blockquote":
        return [element("blockquote", {}, ...this.blocks((token as Tokens.Blockquote).tokens, depth))];
      case "list":
        return [this.#list(token as Tokens.List, depth)];
      case "table":
        return [this.#table(token as Tokens.Table, depth)];
      case "hr":
        return [element("hr")];
      case "text": // inside a list item
        return this.#inline(token, depth);
      default: // a paragraph, and whatever else there is, by its text
        return [element("p", {}, ...this.#inline(token as Tokens.Paragraph, depth))];
    }
  }

  #list(token: Tokens.List, depth: number): HTMLElement {
    const items = token.items.map((item) => element("li", {}, ...this.blocks(item.tokens, depth)));
    const list = element(token.ordered ? "ol" : "ul", {}, ...items);
    if (list instanceof HTMLOListElement && typeof token.start === "number") {
      list.start = token.start;
    }
    return list;
  }

  #table(token: Tokens.Table, depth: number): HTMLElement {
    const row = (tag: "th" | "td", cells: readonly Tokens.TableCell[]): HTMLElement =>
      element("tr", {}, ...cells.map((cell) => element(tag, {}, ...this.#inline(cell, depth))));
    const head = element("thead", {}, row("th", token.header));
    const body = element("tbody", {}, ...token.rows.map((cells) => row("td", cells)));
    return element("table", {}, head, body);
  }

  #inline(token: { readonly text?: string; readonly raw?: string; readonly tokens?: Token[] }, depth: number): Node[] {
    if (token.tokens === undefined || depth > NESTING_MAX) {
      return this.#text(token.text ?? token.raw ?? "");
    }
    return token.tokens.flatMap((part) => this.#span(part, depth + 1));
  }

  #span(token: Token, depth: number): Node[] {
    switch (token.type) {
      case "strong":
      case "em":
      case "del":
        return [element(token.type, {}, ...this.#inline(token as Tokens.Strong, depth))];
      case "codespan": {
        const code = element("code", {}, unmarked((token as Tokens.Codespan).text));
        const inside = this.#inClaim(code);
        this.#pass(token.raw);
        return [inside];
      }
      case "br":
        return [element("br")];
      case "link":
      case "image": {
        const { text, href } = token as Tokens.Link;
        const address = unmarked(href);
        return [...this.#inline(token, depth), ...(address === unmarked(text) ? [] : [` (${address})`].map(asText))];
      }
      case "html":
        return this.#text(token.raw);
      default: // text, an escaped character
        return this.#inline(token, depth);
    }
  }

  /** Plain text: claims are wrapped, numbers in brackets become citations. */
  #text(text: string): Node[] {
    return runs(text, this.#claim).flatMap(({ text: part, claim }) => {
      this.#claim = claim;
      return part ? [this.#inClaim(...this.#cited(part))] : [];
    });
  }

  #cited(text: string): Node[] {
    const nodes: Node[] = [];
    let end = 0;
    for (const match of text.matchAll(CITED)) {
      const cited = numbers(match[0]).map((n) => this.rendering.cite(n));
      if (cited.every((node) => node !== undefined)) {
        nodes.push(asText(text.slice(end, match.index)), ...cited);
        end = match.index + match[0].length;
      }
    }
    return [...nodes, asText(text.slice(end))];
  }

  #inClaim(...nodes: Node[]): Node {
    const claim = this.#claim === undefined ? undefined : this.rendering.claims[this.#claim];
    if (claim === undefined) {
      const fragment = document.createDocumentFragment();
      fragment.append(...nodes);
      return fragment;
    }
    return element("span", { class: `claim ${claim.status}`, title: claim.reason || UNCHECKED }, ...nodes);
  }

  /** Code shows no marks, but claims may begin or end in it. */
  #pass(raw: string): void {
    this.#claim = runs(raw, this.#claim).at(-1)?.claim;
  }
}

/** `[2]`, `[1, 3]`, `[2-4]` */
function numbers(cited: string): number[] {
  const parts = cited.match(/\d+|[,;–-]/g) ?? [];
  const found: number[] = [];
  parts.forEach((part, n) => {
    const before = found.at(-1);
    if (/\d/.test(part)) {
      const isEnd = before !== undefined && /[–-]/.test(parts[n - 1] ?? "") && Number(part) - before < 20;
      for (let next = isEnd ? before + 1 : Number(part); next <= Number(part); next++) {
        found.push(next);
      }
    }
  });
  return found;
}

function asText(text: string): Text {
  return document.createTextNode(text);
}
