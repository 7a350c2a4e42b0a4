/**
 * A conversation as it is shown and kept: questions, what was answered, what the answers rest on. Values and pure
 * functions; must not know VS Code, the page or how anything is asked.
 */
import type { Answer, Citation, Evidence, Opinion, Range, Sentence, Why } from "../server/protocol";

export type TurnState = "asking" | "writing" | "done" | "stopped" | "failed";

/** Code that a question points at. */
export interface Attached {
  readonly uri: string;
  readonly range: Range;
  readonly label: string;
}

/** A source that an answer cites, or evidence that it was given. */
export interface Source {
  readonly n: number;
  readonly label: string;
  readonly symbol: string;
  readonly status: Citation["status"] | "unused";
  readonly reason: string;
  /** Where it is; absent for what does not exist. */
  readonly uri?: string;
  readonly range?: Range;
  readonly score?: number;
  readonly why?: Why;
}

/** What is known of a whole answer beside its text. */
export interface Findings {
  readonly found: boolean;
  readonly sentences: readonly Sentence[];
  readonly sources: readonly Source[];
  readonly coverage: number;
  readonly missing: readonly string[];
  /** Who wrote it, in words. */
  readonly writer: string;
  readonly seconds: number;
  readonly notes: readonly string[];
}

/** What the user says of an answer. */
export interface Said {
  readonly verdict: Opinion;
  /** The text as the user would have had it. */
  readonly edit?: string;
}

export interface Turn {
  readonly id: string;
  readonly question: string;
  readonly attached?: Attached;
  readonly state: TurnState;
  readonly text: string;
  readonly findings?: Findings;
  /** What the server calls the answer; absent before there is one, and in what older versions kept. */
  readonly answer?: string;
  readonly said?: Said | undefined;
  /** Why it failed. */
  readonly problem?: string;
}

export interface Conversation {
  readonly id: string;
  /** Milliseconds since 1970 of the last question. */
  readonly changed: number;
  readonly turns: readonly Turn[];
}

const TITLE_CHARACTERS_MAX = 80;

/** A question that was just asked. */
export function asked(id: string, question: string, attached?: Attached): Turn {
  return { id, question, state: "asking", text: "", ...(attached ? { attached } : {}) };
}

/** The next piece of its text has come, or one that takes the place of all before. */
export function written(turn: Turn, text: string, isReset = false): Turn {
  return { ...turn, state: "writing", text: isReset ? text : turn.text + text };
}

/** It is answered whole, and checked. */
export function answered(turn: Turn, answer: Answer): Turn {
  const { found, text } = answer;
  const shownText = found ? text : (text.split("\n", 1)[0] ?? ""); // the closest places follow as sources
  return { ...turn, state: "done", text: shownText, answer: answer.id, findings: findings(answer) };
}

/** It was judged, or that was taken back. */
export function judged(turn: Turn, said: Said | undefined): Turn {
  return { ...turn, said };
}

export function stopped(turn: Turn): Turn {
  return { ...turn, state: "stopped" };
}

export function failed(turn: Turn, problem: string): Turn {
  return { ...turn, state: "failed", problem };
}

/** Whether its answer is still on its way. */
export function isOpen(turn: Turn): boolean {
  return turn.state === "asking" || turn.state === "writing";
}

/** A conversation with one turn put in its place, or at the end. */
export function withTurn(conversation: Conversation, turn: Turn): Conversation {
  const isKnown = conversation.turns.some(({ id }) => id === turn.id);
  const turns = isKnown
    ? conversation.turns.map((other) => (other.id === turn.id ? turn : other))
    : [...conversation.turns, turn];
  return { ...conversation, turns };
}

/** What a list of conversations calls one. */
export function title({ turns }: Conversation): string {
  const question = (turns[0]?.question ?? "").replace(/\s+/g, " ").trim();
  return question.length > TITLE_CHARACTERS_MAX ? `${question.slice(0, TITLE_CHARACTERS_MAX - 1)}…` : question;
}

function findings(answer: Answer): Findings {
  const { provenance, citations } = answer;
  const byNumber = new Map(citations.map((citation) => [citation.n, citation]));
  const cited = [...citations]
    .sort((one, other) => one.n - other.n)
    .map((citation) => fromCitation(citation, provenance.evidence));
  const others = provenance.evidence
    .filter(({ n }) => !byNumber.has(n))
    .map((piece) => fromEvidence(piece, answer.folder));
  return {
    found: answer.found,
    sentences: answer.sentences,
    sources: [...cited, ...others],
    coverage: provenance.confidence.coverage,
    missing: provenance.confidence.missing,
    writer: writer(answer),
    seconds: (provenance.timings_ms.total ?? 0) / 1000,
    notes: notes(answer),
  };
}

/** What else the user should know; that no model is set stands below the chat anyway. */
function notes({ note, engine, provenance }: Answer): string[] {
  const ofEngine = engine === "extractive" ? "" : provenance.note;
  return [note, ofEngine, provenance.complete ? "" : "The answer was cut short."].filter(Boolean);
}

function fromCitation(citation: Citation, evidence: readonly Evidence[]): Source {
  const piece = evidence.find(({ n }) => n === citation.n);
  const { n, status, reason, symbol, uri, range } = citation;
  return {
    ...{ n, status, reason, symbol },
    label: citation.path ? label(citation) : "no such source",
    ...(uri !== null && range !== null ? { uri, range } : {}),
    ...(piece ? { score: piece.score } : {}),
    ...(piece?.why ? { why: piece.why } : {}),
  };
}

function fromEvidence(piece: Evidence, folder: string): Source {
  const { n, symbol, score, why } = piece;
  const uri = `${folder.replace(/\/$/, "")}/${piece.path.split("/").map(encodeURIComponent).join("/")}`;
  const range = { start: { line: piece.start_line - 1, character: 0 }, end: { line: piece.end_line, character: 0 } };
  return { n, symbol, score, uri, range, label: label(piece), status: "unused", reason: "", ...(why ? { why } : {}) };
}

function label({ path, start_line, end_line }: Pick<Evidence, "path" | "start_line" | "end_line">): string {
  return end_line > start_line ? `${path}:${start_line}-${end_line}` : `${path}:${start_line}`;
}

function writer({ engine, adapter, provenance }: Answer): string {
  const model = provenance.model?.split(/[\\/]/).at(-1);
  const parts = [engine === "extractive" ? "from the code alone" : engine, model].filter((part) => part !== undefined);
  if (adapter !== null) {
    const scale = provenance.adapter_scale;
    parts.push(scale === null ? `adapter ${adapter}` : `adapter ${adapter} ×${scale.toFixed(1)}`);
  }
  return parts.join(" · ");
}
