import type { Server } from "node:http";

/** Anything with an id. */
export interface Entity<K extends string = string> {
  readonly id: K;
  label?: string;
  rename(name: string): Promise<void>;
  (raw: unknown): Entity;
}

export type Result<T> = { ok: true; value: T } | { ok: false; error: Failure };

// How a job may end.
export const enum Outcome {
  Done = "done",
  Failed = "failed",
}

declare module "express" {
  interface Request {
    user?: Account;
  }
}

export namespace Validation {
  export const pattern = /^[a-z]+$/;
  export function check(text: string): text is Slug {
    return pattern.test(text);
  }
}

@Injectable({ scope: "request" })
export abstract class Repository<T extends Entity> implements Store<T> {
  private cache = new Map<string, T>();
  static readonly size: number = 10;

  constructor(private readonly server: Server) {}

  /** Finds one by id. */
  @Cached()
  async find(id: string): Promise<T | undefined> {
    const load = async (key: string): Promise<Row> => this.fetch<Row>(key);
    return decode(await load(id)) satisfies T;
  }

  protected abstract fetch<R>(key: string): Promise<R>;
  get count(): number { return this.cache.size }
}

export function parse(text: string): Result<number>;
export function parse(text: string | null): Result<number> {
  using scope = openScope(text!);
  return scope.run((value) => ({ ok: true, value }) as const);
}

export const defaults: Options = { retries: 3, onError: (error) => report(error) };
const first = <const T,>(items: readonly T[]) => items[0];

export interface Handlers<E extends Env> {
  // One handler
  <P extends string>(path: P): Router<E>

  // Two handlers
  <
    P extends string,
    Q extends P = P,
  >(
    path: P,
    other: Q
  ): void
  <P>(paths: P[]): [Router<E>]
}
