/** Answers for tests, in the shape that the server gives them. */
import type { Answer, Citation } from "../../src/server/protocol";

const AT = { start: { line: 11, character: 0 }, end: { line: 13, character: 79 } };

export function cited(n: number, given: Partial<Citation> = {}): Citation {
  return {
    n,
    path: "src/cookies.py",
    start_line: 12,
    end_line: 14,
    status: "verified",
    reason: "",
    symbol: "CookieSigner.sign_payload",
    uri: "file:///home/ada/kiln/src/cookies.py",
    range: AT,
    ...given,
  };
}

export function answer(given: Partial<Answer> = {}): Answer {
  return {
    id: "7",
    text: "`sign_payload` returns the signature [1].",
    engine: "extractive",
    adapter: null,
    found: true,
    citations: [cited(1)],
    sentences: [{ start: 0, end: 41, status: "verified", reason: "" }],
    provenance: {
      model: null,
      adapter_scale: null,
      evidence: [
        {
          ...{ n: 1, path: "src/cookies.py", start_line: 12, end_line: 14, symbol: "CookieSigner.sign_payload" },
          ...{ score: 1.83, why: { lexical: 0.9, dense: 0.1, terms: ["sign"], demotion: 1 } },
        },
        { n: 2, path: "tests/a b.py", start_line: 3, end_line: 3, symbol: "", score: 0.4 },
      ],
      confidence: { level: "strong", coverage: 0.75, similarity: 0.4, missing: ["payment"] },
      complete: true,
      note: "Answered from the code alone.",
      timings_ms: { total: 52 },
    },
    folder: "file:///home/ada/kiln",
    note: "",
    ...given,
  };
}
