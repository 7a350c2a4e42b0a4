/** The chat page: turns above, the question below. All it knows comes in messages, all it does goes out in some. */
import type { FromPage, ToPage } from "../messages";
import { isOpen, type Turn } from "../model";
import { Composer } from "./composer";
import { button, element } from "./dom";
import { TurnView } from "./turn";

const EXAMPLES = ["Where does the program start?", "How are errors handled?", "How is the configuration read?"];

class Page {
  readonly #code = acquireVsCodeApi<{ draft?: string }>();
  readonly #turns = element("main", { class: "turns", role: "log", label: "Questions and answers" });
  readonly #spoken = element("div", { class: "spoken", role: "status" });
  readonly #composer: Composer;
  readonly #views = new Map<string, TurnView>();
  /** The turn that is being answered. */
  #open: string | undefined;
  /** The turn that is kept in view, until somebody scrolls. */
  #followed: string | undefined;

  constructor() {
    const keepDraft = (draft: string): unknown => this.#code.setState({ draft });
    this.#composer = new Composer((message) => this.#post(message), keepDraft, this.#code.getState()?.draft ?? "");
    this.#turns.setAttribute("aria-live", "off"); // what is written piece by piece is told when it is whole
    document.body.append(this.#turns, this.#spoken, this.#composer.root);
    for (const moved of ["wheel", "keydown", "pointerdown"]) {
      this.#turns.addEventListener(moved, () => (this.#followed = undefined));
    }
    window.addEventListener("message", ({ data }: MessageEvent<ToPage>) => this.#take(data));
    window.addEventListener("focus", () => this.#composer.focus());
    this.#post({ type: "ready" });
  }

  #take(message: ToPage): void {
    switch (message.type) {
      case "conversation":
        this.#showAll(message.turns);
        break;
      case "turn":
        this.#show(message.turn);
        break;
      case "delta":
        this.#views.get(message.id)?.grow(message.text, message.reset);
        break;
      case "attached":
        this.#composer.attach(message.attached);
        return;
      case "footer":
        this.#composer.showFooter(message.footer);
        return;
      case "focus":
        this.#composer.focus();
        return;
    }
    this.#keepInView();
  }

  /** What is being answered is followed to its end, but never so far that its question leaves the view. */
  #keepInView(): void {
    const view = this.#followed && this.#views.get(this.#followed);
    if (view) {
      const top = view.root.offsetTop - this.#turns.offsetTop;
      this.#turns.scrollTop = Math.min(top, this.#turns.scrollHeight - this.#turns.clientHeight);
    }
  }

  #showAll(turns: readonly Turn[]): void {
    this.#views.clear();
    this.#open = undefined;
    this.#followed = turns.at(-1)?.id;
    this.#composer.setBusy(false);
    this.#turns.replaceChildren(...(turns.length > 0 ? [] : [this.#welcome()]));
    turns.forEach((turn) => this.#show(turn));
  }

  #show(turn: Turn): void {
    const view = this.#views.get(turn.id);
    if (view === undefined) {
      this.#turns.querySelector(".welcome")?.remove();
      const added = new TurnView(turn, this.#actions());
      this.#views.set(turn.id, added);
      this.#turns.append(added.root);
      this.#composer.setLast(turn.question);
    } else {
      view.show(turn);
    }
    this.#follow(turn);
  }

  /** Which answer is being written, and saying so once it is there. */
  #follow(turn: Turn): void {
    if (isOpen(turn)) {
      this.#open = this.#followed = turn.id;
    } else if (this.#open === turn.id) {
      this.#open = undefined;
      this.#spoken.textContent = spoken(turn);
    }
    this.#composer.setBusy(this.#open !== undefined);
  }

  #actions(): ConstructorParameters<typeof TurnView>[1] {
    return {
      open: (turn, n) => this.#post({ type: "open", turn, n }),
      openAttached: (turn) => this.#post({ type: "openAttached", turn }),
      retry: (turn) => this.#post({ type: "retry", turn }),
      copy: (text) => this.#post({ type: "copy", text }),
      insert: (text) => this.#post({ type: "insert", text }),
      judge: (turn, said) => this.#post({ type: "judge", turn, said }),
      showFeedback: () => this.#post({ type: "run", command: "feedback" }),
    };
  }

  #welcome(): HTMLElement {
    const ask = (question: string): void => this.#post({ type: "ask", question });
    return element(
      "section",
      { class: "welcome" },
      element("h2", {}, "Ask this code"),
      element(
        "p",
        {},
        "Each sentence of an answer cites the lines it rests on, and each citation is held against the code.",
      ),
      ...EXAMPLES.map((question) => button({ class: "example", onClick: () => ask(question) }, question)),
    );
  }

  #post(message: FromPage): void {
    this.#code.postMessage(message);
  }
}

function spoken({ state, problem, text, findings }: Turn): string {
  if (state !== "done" || findings === undefined) {
    return state === "failed" ? (problem ?? "") : "Stopped.";
  }
  const broken = findings.sources.filter(({ status }) => status === "unsupported").length;
  const cited = findings.sources.filter(({ status }) => status !== "unused").length;
  return `${text} ${cited} sources${broken > 0 ? `, ${broken} of them not supported` : ""}.`;
}

new Page();
