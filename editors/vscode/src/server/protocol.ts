/** What the server speaks beside LSP, in types; docs/protocol.md says what it means. Must not know VS Code. */

export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export type Verdict = "verified" | "moved" | "unsupported";

/** A sentence of an answer, in UTF-16 code units: as good as the worst source that it rests on. */
export interface Sentence {
  readonly start: number;
  readonly end: number;
  /** Uncited: it names no code and cites none, so nobody has checked it. */
  readonly status: Verdict | "uncited";
  readonly reason: string;
}

export interface Citation {
  readonly n: number;
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly status: Verdict;
  readonly reason: string;
  readonly symbol: string;
  readonly uri: string | null;
  readonly range: Range | null;
}

/** A piece of code that the engine was given. Lines count from 1. */
export interface Evidence {
  readonly n: number;
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly symbol: string;
  readonly score: number;
  readonly why?: Why;
}

/** Signals and their shares; older servers tell none. */
export type Why = Readonly<Record<string, unknown>>;

export interface Confidence {
  readonly level: "strong" | "weak";
  readonly coverage: number;
  readonly similarity: number;
  readonly missing: readonly string[];
}

export interface Provenance {
  readonly model: string | null;
  readonly adapter_scale: number | null;
  readonly evidence: readonly Evidence[];
  readonly confidence: Confidence;
  readonly complete: boolean;
  readonly note: string;
  readonly timings_ms: Readonly<Record<string, number>>;
}

export interface Answer {
  readonly id: string;
  readonly text: string;
  readonly engine: string;
  readonly adapter: string | null;
  readonly found: boolean;
  readonly citations: readonly Citation[];
  readonly sentences: readonly Sentence[];
  readonly provenance: Provenance;
  readonly folder: string;
  readonly note: string;
}

export interface AnswerDelta {
  readonly id: string;
  readonly seq: number;
  readonly text: string;
  /** The text takes the place of all that came before. */
  readonly reset?: boolean;
}

/** What the user says of an answer as it was written. */
export type Opinion = "good" | "bad";

export interface Feedback {
  readonly id: string;
  /** Null takes back what was said. */
  readonly verdict: Opinion | null;
  /** The text as the user would have had it. */
  readonly edit?: string;
}

/** What was said of an answer, as the server keeps it. */
export interface KeptFeedback {
  readonly answer: string;
  readonly time: string;
  readonly verdict: Opinion;
  readonly edit: string | null;
  readonly folder: string;
  readonly question: string;
}

export interface Question {
  readonly question: string;
  readonly id: string;
  readonly textDocument?: { readonly uri: string };
  readonly range?: Range;
  readonly conversation: string;
  readonly openDocuments: readonly string[];
}

export interface Hit {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly score: number;
  readonly language: string;
  readonly symbol: string;
  readonly kind: string;
  readonly text: string;
  readonly why: Why;
  /** The line to open, from 1: where the symbol is defined. */
  readonly line: number;
  readonly uri: string;
  readonly range: Range;
}

export type IndexState = "starting" | "indexing" | "ready" | "paused" | "problem";

export interface FolderStatus {
  readonly uri: string;
  readonly name: string;
  readonly state: IndexState;
  readonly message: string;
  readonly percent: number | null;
  readonly files: number;
  readonly chunks: number;
}

export interface Status {
  readonly state: IndexState;
  readonly message: string;
  readonly percent: number | null;
  readonly files: number;
  readonly chunks: number;
  readonly engine: string;
  readonly adapter: string | null;
  readonly folders?: readonly FolderStatus[];
}

export interface Mention {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly uri: string;
  readonly range: Range;
}
