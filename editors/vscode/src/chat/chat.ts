/** The running conversation: asks, streams, stops, asks again, keeps. Must not know the page. */
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { inView } from "../documents/here";
import { ask } from "../server/asking";
import { keep } from "../server/judging";
import type { AnswerDelta, Feedback, Question } from "../server/protocol";
import type { Server } from "../server/server";
import type { History } from "./history";
import {
  answered,
  asked,
  failed,
  isOpen,
  judged,
  stopped,
  withTurn,
  written,
  type Attached,
  type Conversation,
  type Said,
  type Turn,
} from "./model";

/** What those who show it are told. */
export type Change =
  | { readonly type: "conversation"; readonly turns: readonly Turn[] }
  | { readonly type: "turn"; readonly turn: Turn }
  | { readonly type: "delta"; readonly id: string; readonly text: string; readonly reset: boolean };

/** A question that the server has. */
interface Running {
  readonly turn: string;
  /** Other each time that a turn is asked, so that what comes late of an earlier time is told apart. */
  readonly request: string;
  readonly source: vscode.CancellationTokenSource;
}

export class Chat implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Change>();
  #conversation: Conversation;
  #running: Running | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(
    private readonly server: Server,
    private readonly history: History,
  ) {
    this.#conversation = history.all()[0] ?? fresh();
  }

  get turns(): readonly Turn[] {
    return this.#conversation.turns;
  }

  turn(id: string): Turn | undefined {
    return this.turns.find((turn) => turn.id === id);
  }

  /** The turn of a question, once it is answered, stopped or failed. One that is being answered is stopped first. */
  async ask(question: string, attached?: Attached): Promise<Turn> {
    this.stop();
    this.#conversation = { ...this.#conversation, changed: Date.now() };
    return this.#answer(asked(randomUUID(), question.trim(), attached));
  }

  /** Ask the same again, in the same place. */
  async retry(id: string): Promise<void> {
    const turn = this.turn(id);
    if (turn !== undefined) {
      this.stop();
      await this.#answer(asked(turn.id, turn.question, turn.attached));
    }
  }

  /** End the answer that is being written, if one is. */
  stop(): void {
    const running = this.#running;
    const turn = running && this.turn(running.turn);
    this.#running = undefined;
    running?.source.cancel();
    if (turn !== undefined && isOpen(turn)) {
      this.#put(stopped(turn));
      void this.history.keep(this.#conversation);
    }
  }

  /** Say what the user thinks of an answer; null takes it back. */
  async judge(id: string, said: Said | null): Promise<void> {
    const before = this.turn(id);
    if (before?.answer === undefined) {
      return;
    }
    const feedback: Feedback = {
      id: before.answer,
      verdict: said?.verdict ?? null,
      ...(said?.edit ? { edit: said.edit } : {}),
    };
    const isKept = await keep(this.server, feedback);
    const turn = this.turn(id);
    if (isKept && turn?.answer === before.answer) {
      this.#put(judged(turn, said ?? undefined));
      await this.history.keep(this.#conversation);
    }
  }

  /** Begin a conversation, or go on with one that was kept. */
  open(conversation: Conversation = fresh()): void {
    this.stop();
    this.#conversation = conversation;
    this.#changed.fire({ type: "conversation", turns: this.turns });
  }

  dispose(): void {
    this.stop();
    this.#changed.dispose();
  }

  async #answer(turn: Turn): Promise<Turn> {
    const source = new vscode.CancellationTokenSource();
    const running = (this.#running = { turn: turn.id, request: randomUUID(), source });
    this.#put(turn);
    const ended = await this.#ask(turn, running);
    source.dispose();
    if (this.#running !== running) {
      return stopped(turn); // it was stopped meanwhile, and something else may be shown now
    }
    this.#running = undefined;
    this.#put(ended(this.turn(turn.id) ?? turn));
    await this.history.keep(this.#conversation);
    return this.turn(turn.id) ?? turn;
  }

  /** How the turn changes when the server has answered. */
  async #ask({ question, attached }: Turn, { request, source }: Running): Promise<(turn: Turn) => Turn> {
    const params: Question = {
      ...{ id: request, question, conversation: this.#conversation.id, openDocuments: inView() },
      ...(attached ? { textDocument: { uri: attached.uri }, range: attached.range } : {}),
    };
    try {
      const answer = await ask(this.server, params, (delta) => this.#take(delta), source.token);
      return (turn) => answered(turn, answer);
    } catch (error) {
      const problem = source.token.isCancellationRequested ? "" : reason(error);
      return (turn) => (problem ? failed(turn, problem) : stopped(turn));
    }
  }

  #take({ id, text, reset = false }: AnswerDelta): void {
    const turn = this.#running?.request === id ? this.turn(this.#running.turn) : undefined;
    if (turn !== undefined) {
      this.#conversation = withTurn(this.#conversation, written(turn, text, reset));
      this.#changed.fire({ type: "delta", id: turn.id, text, reset });
    }
  }

  #put(turn: Turn): void {
    this.#conversation = withTurn(this.#conversation, turn);
    this.#changed.fire({ type: "turn", turn });
  }
}

function fresh(): Conversation {
  return { id: randomUUID(), changed: Date.now(), turns: [] };
}

function reason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: string };
  const CONNECTION_LOST = [-32097, -32099]; // the server ended while it answered
  return CONNECTION_LOST.some((known) => known === code)
    ? "The server has ended while it answered. It is started again: ask once more."
    : (message ?? String(error));
}
