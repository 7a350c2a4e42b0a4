/** Keeps a workspace's conversations, the latest first, within limits. Must not know how they are shown. */
import { isOpen, stopped, type Conversation } from "./model";

/** Where it is kept: VS Code's `workspaceState`, or anything alike. */
export interface Memory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = "scholiast.conversations";
const CONVERSATIONS_MAX = 50;
const TURNS_MAX = 100;

export class History {
  constructor(private readonly memory: Memory) {}

  /** All of them, the latest first. */
  all(): Conversation[] {
    const kept = this.memory.get(KEY);
    return Array.isArray(kept) ? kept.filter(isConversation) : [];
  }

  /** Keep a conversation as it is now; one without questions is not worth it. */
  async keep(conversation: Conversation): Promise<void> {
    if (conversation.turns.length === 0) {
      return;
    }
    // What is open now will not go on when it is read again.
    const turns = conversation.turns.slice(-TURNS_MAX).map((turn) => (isOpen(turn) ? stopped(turn) : turn));
    const others = this.all().filter(({ id }) => id !== conversation.id);
    await this.memory.update(KEY, [{ ...conversation, turns }, ...others].slice(0, CONVERSATIONS_MAX));
  }

  async forget(id: string): Promise<void> {
    await this.memory.update(
      KEY,
      this.all().filter((conversation) => conversation.id !== id),
    );
  }
}

/** Whether what was kept, perhaps by another version, still is one. */
function isConversation(value: unknown): value is Conversation {
  const { id, changed, turns } = (value ?? {}) as Partial<Conversation>;
  return typeof id === "string" && typeof changed === "number" && Array.isArray(turns) && turns.every(isTurn);
}

function isTurn(value: unknown): boolean {
  const { id, question, state, text } = (value ?? {}) as Record<string, unknown>;
  return [id, question, state, text].every((part) => typeof part === "string");
}
