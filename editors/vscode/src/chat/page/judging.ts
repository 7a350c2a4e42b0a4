/** What the user says of an answer: good, bad, or how it should have been. Must not know where that is kept. */
import type { Said } from "../model";
import { button, element } from "./dom";

const THUMBS = [
  { verdict: "good", icon: "thumbsup", title: "A good answer" },
  { verdict: "bad", icon: "thumbsdown", title: "A bad answer" },
] as const;

/** The buttons; one that is pressed takes back what it said. */
export function judging(said: Said | undefined, judge: (said: Said | null) => void, edit: () => void): HTMLElement[] {
  const thumbs = THUMBS.map(({ verdict, icon, title }) => {
    const isPressed = said?.verdict === verdict;
    const made = button({
      icon: isPressed ? `${icon}-filled` : icon,
      title: isPressed ? `${title}: take it back${said.edit === undefined ? "" : ", with your version"}` : title,
      label: title,
      class: "quiet judging",
      onClick: () => judge(isPressed ? null : { ...said, verdict }),
    });
    made.setAttribute("aria-pressed", String(isPressed));
    return made;
  });
  return [
    ...thumbs,
    button({ icon: "edit", title: "Write it as it should be", class: "quiet judging", onClick: edit }),
  ];
}

/** That it is kept, and where it can be seen. */
export function saidLine(said: Said, show: () => void): HTMLElement {
  const what = said.edit === undefined ? said.verdict : "your version";
  const link = button({ class: "quiet link", title: "Show and delete what is kept", onClick: show }, "show all");
  return element("span", { class: "said", role: "status" }, `${what}, kept on this machine · `, link);
}

/** The text of an answer to be written anew. */
export function editor(
  text: string,
  use: (text: string) => void,
  cancel: () => void,
): { readonly root: HTMLElement; readonly focus: () => void } {
  const input = element("textarea", { label: "The answer as it should be" });
  input.value = text;
  input.rows = Math.min(20, Math.max(6, text.split("\n").length + 2));
  const submit = (): void => (input.value.trim() && input.value !== text ? use(input.value) : cancel());
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      cancel();
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      submit();
    }
  });
  const root = element(
    "div",
    { class: "editing" },
    element("div", { class: "box" }, input),
    button({ class: "action", title: "Keep it (Ctrl+Enter)", onClick: submit }, "Use My Version"),
    button({ class: "action secondary", title: "Leave the answer as it is (Escape)", onClick: cancel }, "Cancel"),
  );
  return { root, focus: () => input.focus() };
}
