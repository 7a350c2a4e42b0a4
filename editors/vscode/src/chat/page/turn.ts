/** One question with its answer, from the first piece to the checked whole. Must not know how it is asked. */
import type { Findings, Said, Source, Turn } from "../model";
import { claimsOf } from "./claims";
import { button, element, icon, type Child } from "./dom";
import { editor, judging, saidLine } from "./judging";
import { GrowingMarkdown, markdown, type Rendering } from "./markdown";
import { citation, sourceList, whyThese } from "./sources";

export interface TurnActions {
  readonly open: (turn: string, n: number) => void;
  readonly openAttached: (turn: string) => void;
  readonly retry: (turn: string) => void;
  readonly copy: (text: string) => void;
  readonly insert: (text: string) => void;
  readonly judge: (turn: string, said: Said | null) => void;
  readonly showFeedback: () => void;
}

/** Shows one turn, in an element that stays while the turn changes. */
export class TurnView {
  readonly root = element("article", { class: "turn" });
  readonly #question = element("h2", { class: "question" });
  readonly #answer = element("div", { class: "answer" });
  #growing: GrowingMarkdown | undefined;
  #text = "";

  constructor(
    turn: Turn,
    private readonly actions: TurnActions,
  ) {
    this.root.append(this.#question, this.#answer);
    this.show(turn);
  }

  /** As it is now. */
  show(turn: Turn): void {
    const { attached } = turn;
    this.root.setAttribute("aria-label", turn.question);
    this.root.setAttribute("aria-busy", String(turn.state === "asking" || turn.state === "writing"));
    this.root.dataset.state = turn.state;
    this.#question.replaceChildren(
      turn.question,
      ...(attached ? [attachedChip(attached.label, () => this.actions.openAttached(turn.id))] : []),
    );
    this.#growing = undefined;
    this.#text = turn.text;
    this.#answer.replaceChildren(...this.#parts(turn).filter((part) => part !== undefined));
  }

  /** The next piece of its text, or one that takes the place of all before. */
  grow(text: string, isReset: boolean): void {
    if (this.#growing === undefined) {
      this.#answer.replaceChildren();
      this.#growing = new GrowingMarkdown(this.#answer, this.#rendering("", undefined));
    }
    this.root.dataset.state = "writing";
    this.#text = isReset ? text : this.#text + text;
    this.#growing.show(this.#text);
  }

  #parts(turn: Turn): (Child | undefined)[] {
    const { findings } = turn;
    if (turn.state === "asking") {
      return [element("p", { class: "waiting" }, icon("loading codicon-modifier-spin"), " Reading the code…")];
    }
    const cited = findings?.sources.filter(({ status }) => status !== "unused") ?? [];
    const open = (n: number): void => this.actions.open(turn.id, n);
    return [
      ...this.#written(turn),
      ...state(turn),
      sourceList("Sources", findings?.found === false ? findings.sources : cited, open),
      findings && whyThese(findings, open),
      findings && facts(findings),
      this.#toolbar(turn),
    ];
  }

  /** The text as the user would have it, with the one that was written below, else that one alone. */
  #written(turn: Turn): Child[] {
    const original = markdown(turn.text, this.#rendering(turn.id, turn.findings));
    if (turn.said?.edit === undefined) {
      return original;
    }
    const { sources = [] } = turn.findings ?? {};
    const unchecked = this.#rendering(turn.id, turn.findings && { ...turn.findings, sentences: [], sources });
    return [
      ...markdown(turn.said.edit, unchecked),
      element("p", { class: "reason" }, "Your version, which nobody has checked."),
      element("details", { class: "original" }, element("summary", {}, "The answer as it was"), ...original),
    ];
  }

  /** Let the user write the answer as it should have been. */
  #edit(turn: Turn): void {
    const close = (): void => this.show(turn);
    const use = (edit: string): void => this.actions.judge(turn.id, { verdict: turn.said?.verdict ?? "bad", edit });
    const written = editor(turn.said?.edit ?? turn.text, use, close);
    this.#answer.replaceChildren(written.root);
    written.focus();
  }

  #rendering(turn: string, findings: Findings | undefined): Rendering {
    const sources = new Map<number, Source>(findings?.sources.map((source) => [source.n, source]));
    return {
      claims: claimsOf(findings?.sentences ?? []),
      copy: this.actions.copy,
      insert: this.actions.insert,
      cite: (n) => {
        const source = sources.get(n);
        return source && citation(source, (number) => this.actions.open(turn, number));
      },
    };
  }

  #toolbar(turn: Turn): HTMLElement {
    const text = turn.said?.edit ?? turn.text;
    const judge = (said: Said | null): void => this.actions.judge(turn.id, said);
    return element(
      "div",
      { class: "toolbar" },
      button({ icon: "copy", title: "Copy the answer", class: "quiet", onClick: () => this.actions.copy(text) }),
      button({ icon: "refresh", title: "Ask again", class: "quiet", onClick: () => this.actions.retry(turn.id) }),
      ...(turn.answer === undefined ? [] : judging(turn.said, judge, () => this.#edit(turn))),
      turn.said && saidLine(turn.said, this.actions.showFeedback),
    );
  }
}

/** Code that a question points at, as a button that opens it. */
export function attachedChip(label: string, open: () => void): HTMLElement {
  return button({ class: "chip", icon: "code", title: "Open it", onClick: open }, ` ${label}`);
}

function state(turn: Turn): Child[] {
  if (turn.state === "stopped") {
    const unchecked = turn.text ? " What was written until then is not checked." : "";
    return [element("p", { class: "reason" }, icon("debug-stop"), ` Stopped.${unchecked}`)];
  }
  return turn.state === "failed"
    ? [element("p", { class: "problem", role: "alert" }, icon("warning"), ` ${turn.problem ?? ""}`)]
    : [];
}

function facts({ writer, seconds, notes }: Findings): HTMLElement {
  const time = seconds < 10 ? seconds.toFixed(seconds < 1 ? 2 : 1) : seconds.toFixed(0);
  return element(
    "div",
    { class: "facts" },
    element("p", {}, `${writer} · ${time} s`),
    ...notes.map((note) => element("p", {}, note)),
  );
}
