import "./browser";
import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import type { FromPage, ToPage } from "../../../src/chat/messages";
import { answered, asked, failed, judged, stopped, type Turn } from "../../../src/chat/model";
import { answer, cited } from "../answers";

const posted: FromPage[] = [];
let draft: unknown;

function tell(message: ToPage): void {
  window.dispatchEvent(
    Object.assign(new (window as unknown as { Event: typeof Event }).Event("message"), { data: message }),
  );
}

function find(selector: string): HTMLElement {
  const found = document.querySelector<HTMLElement>(selector);
  assert.ok(found, selector);
  return found;
}

function press(key: string): void {
  find("textarea").dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
}

const TURN = asked("t", "how is a cookie signed?");

before(async () => {
  Object.assign(globalThis, {
    acquireVsCodeApi: () => ({
      postMessage: (message: FromPage) => posted.push(message),
      setState: (state: unknown) => (draft = state),
      getState: () => undefined,
    }),
  });
  await import("../../../src/chat/page/main");
});

beforeEach(() => {
  tell({ type: "conversation", turns: [] });
  posted.length = 0;
});

test("an empty conversation offers questions to begin with", () => {
  find(".welcome .example").click();
  assert.deepEqual(posted, [{ type: "ask", question: "Where does the program start?" }]);
});

test("Enter asks, Shift+Enter and white space alone do not", () => {
  const input = find("textarea") as HTMLTextAreaElement;
  input.value = "  ";
  press("Enter");
  input.value = " how? ";
  input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", shiftKey: true }));
  assert.deepEqual(posted, []);
  press("Enter");
  assert.deepEqual([posted, input.value, draft], [[{ type: "ask", question: "how?" }], "", { draft: "" }]);
});

test("an answer streams, can be stopped, and is shown whole at its end", () => {
  tell({ type: "turn", turn: TURN });
  assert.match(find(".answer").textContent, /Reading the code/);
  assert.equal(find(".turn").getAttribute("aria-busy"), "true");
  tell({ type: "delta", id: "t", text: "It **was", reset: false });
  tell({ type: "delta", id: "t", text: "It **is", reset: true });
  tell({ type: "delta", id: "t", text: " signed** [1].", reset: false });
  assert.deepEqual(
    [find(".answer strong").textContent, find(".answer").textContent],
    ["is signed", "It is signed [1]."],
  );
  press("Escape");
  find('[title="Stop (Escape)"]').click();
  assert.deepEqual(posted, [{ type: "stop" }, { type: "stop" }]);
  tell({ type: "turn", turn: answered(TURN, answer()) });
  assert.equal(find(".turn").getAttribute("aria-busy"), "false");
  assert.equal(find('[title="Stop (Escape)"]').hidden, true);
  assert.match(find('[role="status"].spoken').textContent, /returns the signature.*1 sources/);
});

test("citations and sources open what they stand for and say their status", () => {
  tell({ type: "turn", turn: answered(TURN, answer()) });
  find("button.cite").click();
  find(".sources .source").click();
  const open: FromPage = { type: "open", turn: "t", n: 1 };
  assert.deepEqual(posted, [open, open]);
  assert.match(find("button.cite").getAttribute("aria-label") ?? "", /Source 1: src\/cookies\.py:12-14 .*verified/);
  assert.match(find(".sources .source").textContent, /\[1\]src\/cookies\.py:12-14CookieSigner\.sign_payload verified/);
});

test("a citation that does not hold gives its reason", () => {
  const broken = cited(1, { status: "unsupported", reason: "they do not mention `url_map`" });
  tell({ type: "turn", turn: answered(TURN, answer({ citations: [broken] })) });
  assert.match(find(".source.unsupported").textContent, /not supported/);
  assert.equal(find(".sources .reason").textContent, "they do not mention `url_map`");
});

test("why these sources: signals, words, what was read besides, what nothing has", () => {
  tell({ type: "turn", turn: answered(TURN, answer()) });
  const why = find(".why").textContent;
  for (const part of ["75 %", "Nowhere in the code: payment", "words0.90", "meaning0.10", "foundsign", "not cited"]) {
    assert.ok(why.includes(part), `${part} in ${why}`);
  }
  assert.ok(!why.includes("demotion"));
});

test("a question that failed says why, one that was stopped that it is not checked; both can be asked again", () => {
  const states: [Turn, RegExp][] = [
    [failed(TURN, "The server has ended."), /The server has ended\./],
    [stopped({ ...TURN, text: "It" }), /Stopped\. What was written until then is not checked\./],
  ];
  for (const [turn, said] of states) {
    tell({ type: "turn", turn });
    assert.match(find(".answer").textContent, said);
    find('[title="Ask again"]').click();
  }
  assert.deepEqual(posted, [
    { type: "retry", turn: "t" },
    { type: "retry", turn: "t" },
  ]);
});

test("what a question points at is shown, opens, and can be taken off", () => {
  const at = { start: { line: 0, character: 0 }, end: { line: 9, character: 0 } };
  tell({ type: "attached", attached: { uri: "file:///a.py", range: at, label: "a.py:1-9" } });
  assert.equal(find(".context .chip").textContent.trim(), "a.py:1-9");
  find(".context .chip").click();
  find('[title="Do not ask about it"]').click();
  assert.deepEqual(posted, [{ type: "openAttached", turn: null }, { type: "detach" }]);
  tell({ type: "attached", attached: null });
  assert.equal(document.querySelector(".context .chip"), null);
});

test("engine and adapter are shown and can be changed, and what is in the way is said", () => {
  const notice = { text: "No server.", action: { title: "Install", command: "install" as const } };
  tell({ type: "footer", footer: { engine: "llama", adapter: "terse", keepsFeedback: true, notice } });
  const [engine, adapter] = document.querySelectorAll<HTMLButtonElement>(".choice");
  assert.deepEqual([engine?.textContent.trim(), adapter?.textContent.trim()], ["llama", "terse"]);
  engine?.click();
  adapter?.click();
  find(".notice .action").click();
  const commands = posted.map((message) => message.type === "run" && message.command);
  assert.deepEqual(commands, ["selectEngine", "selectAdapter", "install"]);
});

test("an answer can be judged, and that taken back; what is kept can be seen", () => {
  const turn = answered(TURN, answer());
  tell({ type: "turn", turn });
  find('[aria-label="A good answer"]').click();
  tell({ type: "turn", turn: judged(turn, { verdict: "good" }) });
  assert.equal(find('[aria-label="A good answer"]').getAttribute("aria-pressed"), "true");
  assert.equal(find('[aria-label="A bad answer"]').getAttribute("aria-pressed"), "false");
  assert.match(find(".said").textContent, /good, kept on this machine/);
  find('[aria-label="A good answer"]').click();
  find('[aria-label="A bad answer"]').click();
  find(".said .link").click();
  assert.deepEqual(posted, [
    { type: "judge", turn: "t", said: { verdict: "good" } },
    { type: "judge", turn: "t", said: null },
    { type: "judge", turn: "t", said: { verdict: "bad" } },
    { type: "run", command: "feedback" },
  ]);
});

test("an answer can be written as it should be, and is then shown so, with the original", () => {
  const turn = answered(TURN, answer());
  tell({ type: "turn", turn });
  find('[title="Write it as it should be"]').click();
  const input = find(".editing textarea") as HTMLTextAreaElement;
  assert.equal(input.value, "`sign_payload` returns the signature [1].");
  find(".editing .secondary").click();
  find('[title="Write it as it should be"]').click();
  find('.editing [title^="Keep it"]').click();
  assert.deepEqual(posted, [], "what is as it was is no version");
  find('[title="Write it as it should be"]').click();
  (find(".editing textarea") as HTMLTextAreaElement).value = "It **signs** [1].";
  find('.editing [title^="Keep it"]').click();
  const said = { verdict: "bad", edit: "It **signs** [1]." } as const;
  assert.deepEqual(posted, [{ type: "judge", turn: "t", said }]);
  tell({ type: "turn", turn: judged(turn, said) });
  assert.equal(find(".answer > p strong").textContent, "signs");
  assert.equal(document.querySelectorAll(".answer > p .claim").length, 0, "nobody has checked it");
  assert.match(find(".answer .original").textContent, /returns the signature/);
  find('[aria-label="A good answer"]').click();
  assert.deepEqual(posted.at(-1), { type: "judge", turn: "t", said: { ...said, verdict: "good" } });
});

test("where nothing is to be kept, nothing can be judged", () => {
  const footer = { engine: "llama", adapter: "terse" };
  for (const keepsFeedback of [false, true]) {
    tell({ type: "footer", footer: { ...footer, keepsFeedback } });
    assert.equal(document.body.classList.contains("keeps-no-feedback"), !keepsFeedback);
  }
  tell({ type: "turn", turn: { ...stopped(TURN), text: "It" } });
  assert.equal(document.querySelector(".judging"), null, "an answer that is not whole has no verdict");
});

test("every button has a name", () => {
  tell({ type: "turn", turn: answered(TURN, answer({ text: "```py\nx\n```\n[1]" })) });
  const nameless = [...document.querySelectorAll("button")].filter(
    (found) => !(found.getAttribute("aria-label") ?? found.textContent.trim()),
  );
  assert.deepEqual(nameless, []);
});
