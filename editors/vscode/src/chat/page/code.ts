/** A block of code with what can be done with it. Must not know where it comes from. */
import { button, element } from "./dom";

export interface CodeActions {
  readonly copy: (text: string) => void;
  readonly insert: (text: string) => void;
}

export function codeBlock(text: string, language: string, { copy, insert }: CodeActions): HTMLElement {
  const name = /^[\w+#.-]{1,20}/.exec(language)?.[0] ?? "";
  const bar = element(
    "div",
    { class: "code-bar" },
    element("span", { class: "code-language" }, name),
    button({ icon: "copy", title: "Copy code", class: "quiet", onClick: () => copy(text) }),
    button({ icon: "insert", title: "Insert at the cursor", class: "quiet", onClick: () => insert(text) }),
  );
  const code = element("pre", {}, element("code", {}, text));
  code.tabIndex = 0; // so that what is wider than the view can be scrolled by keyboard
  return element("div", { class: "code", role: "group", label: name ? `Code, ${name}` : "Code" }, bar, code);
}
