/** When a server that ends by itself is started again, and when that is given up. Must not know how it is started. */

const RESTARTS_MAX = 4;
const WITHIN_MS = 180_000;

/** Counts the ends of one server. */
export class Restarts {
  readonly #ends: number[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** Whether to start it again after it has ended now. */
  isWorthwhile(): boolean {
    const now = this.now();
    this.#ends.push(now);
    while ((this.#ends[0] ?? now) < now - WITHIN_MS) {
      this.#ends.shift();
    }
    return this.#ends.length <= RESTARTS_MAX;
  }

  /** The user wants it started: what was before does not count. */
  forget(): void {
    this.#ends.length = 0;
  }
}
