/** What the flows of a file play on: one workbench, ready before the first flow and closed after the last. */
import { after, before, test } from "node:test";
import type { Frame } from "playwright-core";
import { Endpoint } from "./endpoint";
import { needed, type Setup, Workbench } from "./workbench";

interface Wanted {
  /** Whether the chat is opened. */
  readonly chat?: boolean;
  /** What differs from a workbench with the server on PATH; told where the endpoint listens. */
  readonly setup?: (endpoint: string) => Partial<Setup>;
}

export class Stage {
  #bench: Workbench | undefined;
  #endpoint: Endpoint | undefined;
  #chat: Frame | undefined;

  constructor(wanted: Wanted = {}) {
    before(() => this.#set(wanted));
    after(async () => {
      await this.#bench?.close();
      this.#endpoint?.close();
    });
  }

  get bench(): Workbench {
    return there(this.#bench);
  }

  get endpoint(): Endpoint {
    return there(this.#endpoint);
  }

  get chat(): Frame {
    return there(this.#chat);
  }

  /** One flow; a picture shows how it was when it failed. */
  flow(name: string, run: () => Promise<void>): void {
    void test(name, async () => {
      try {
        await run();
      } catch (error) {
        await this.#bench?.screenshot(`failed-${name.replace(/\W+/g, "-").slice(0, 60)}`);
        throw error;
      }
    });
  }

  /** Load the page anew, as when the window was closed. */
  async reload(): Promise<void> {
    await this.bench.page.reload();
    await this.bench.untilReady();
    this.#chat = await this.bench.chat();
  }

  /** Ask in the chat, and go on. */
  async ask(question: string): Promise<void> {
    await this.chat.locator("textarea").fill(question);
    await this.chat.locator("textarea").press("Enter");
  }

  async #set({ chat = false, setup }: Wanted): Promise<void> {
    this.#endpoint = await Endpoint.start();
    this.#bench = await Workbench.start({
      workspace: needed("SCHOLIAST_WORKSPACE"),
      searchPath: needed("SCHOLIAST_PROGRAMS"),
      ...setup?.(this.#endpoint.url),
    });
    await this.#bench.untilReady();
    if (chat) {
      await this.#bench.command("Scholiast: Ask");
      this.#chat = await this.#bench.chat();
    }
  }
}

function there<Part>(part: Part | undefined): Part {
  if (part === undefined) {
    throw new Error("it was not asked for, or did not start");
  }
  return part;
}
