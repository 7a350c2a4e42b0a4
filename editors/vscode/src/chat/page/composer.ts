/** Where questions are written, and what answers them. Must not know how they are asked. */
import type { Footer, FromPage } from "../messages";
import type { Attached } from "../model";
import { button, element } from "./dom";
import { attachedChip } from "./turn";

const LINES_MAX_PX = 200;

export class Composer {
  readonly root = element("form", { class: "composer", label: "Ask a question" });
  readonly #context = element("div", { class: "context" });
  readonly #input = element("textarea", { label: "Question" });
  readonly #send = button({ icon: "send", title: "Ask (Enter)", class: "send", onClick: () => this.#submit() });
  readonly #stop = button({
    icon: "debug-stop",
    title: "Stop (Escape)",
    class: "send",
    onClick: () => this.post({ type: "stop" }),
  });
  readonly #footer = element("div", { class: "footer" });
  readonly #notice = element("div", { class: "notice", role: "status" });
  #last = "";

  constructor(
    private readonly post: (message: FromPage) => void,
    private readonly keepDraft: (draft: string) => unknown,
    draft: string,
  ) {
    this.#input.rows = 1;
    this.#input.placeholder = "Ask about this code";
    this.#input.value = draft;
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("input", () => this.#changed());
    this.root.addEventListener("submit", (event) => event.preventDefault());
    const box = element("div", { class: "box" }, this.#context, this.#input, this.#send, this.#stop);
    this.root.append(this.#notice, box, this.#footer);
    this.setBusy(false);
  }

  focus(): void {
    this.#input.focus();
  }

  /** Whether an answer is being written, which can be stopped. */
  setBusy(isBusy: boolean): void {
    this.#send.hidden = isBusy;
    this.#stop.hidden = !isBusy;
  }

  setLast(question: string): void {
    this.#last = question;
  }

  attach(attached: Attached | null): void {
    const detach = button({
      icon: "close",
      title: "Do not ask about it",
      class: "quiet",
      onClick: () => this.post({ type: "detach" }),
    });
    const chip = attached && attachedChip(attached.label, () => this.post({ type: "openAttached", turn: null }));
    this.#context.replaceChildren(...(chip ? [chip, detach] : []));
    this.#input.placeholder = attached ? "Ask about this selection" : "Ask about this code";
  }

  showFooter({ engine, adapter, keepsFeedback, notice }: Footer): void {
    document.body.classList.toggle("keeps-no-feedback", !keepsFeedback);
    this.#footer.replaceChildren(
      this.#choice("edit", engine, "Choose what writes answers", "selectEngine"),
      this.#choice("plug", adapter, "Choose an adapter", "selectAdapter"),
    );
    const action = notice?.action;
    this.#notice.replaceChildren(
      ...(notice ? [element("span", {}, notice.text)] : []),
      ...(action
        ? [
            button(
              { class: "action", onClick: () => this.post({ type: "run", command: action.command }) },
              action.title,
            ),
          ]
        : []),
    );
  }

  #choice(icon: string, text: string, title: string, command: "selectEngine" | "selectAdapter"): HTMLElement {
    const run = (): void => this.post({ type: "run", command });
    return button({ icon, class: "choice", title, label: `${title}: ${text}`, onClick: run }, ` ${text}`);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape" && this.#send.hidden) {
      this.post({ type: "stop" });
    } else if (event.key === "ArrowUp" && this.#input.value === "" && this.#last) {
      event.preventDefault();
      this.#input.value = this.#last;
      this.#changed();
    }
  }

  #submit(): void {
    const question = this.#input.value.trim();
    if (question) {
      this.post({ type: "ask", question });
      this.#input.value = "";
      this.#changed();
    }
  }

  #changed(): void {
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, LINES_MAX_PX)}px`;
    this.keepDraft(this.#input.value);
  }
}
