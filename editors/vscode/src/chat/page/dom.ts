/** Makes elements; text is always text, never markup. */

interface Given {
  readonly class?: string;
  readonly title?: string;
  readonly label?: string;
  readonly role?: string;
  readonly onClick?: () => void;
}

export type Child = Node | string | undefined;

/** An element with children; strings become text. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  given: Given = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (given.class) {
    made.className = given.class;
  }
  if (given.title) {
    made.title = given.title;
  }
  if (given.label) {
    made.setAttribute("aria-label", given.label);
  }
  if (given.role) {
    made.setAttribute("role", given.role);
  }
  if (given.onClick) {
    made.addEventListener("click", given.onClick);
  }
  made.append(...children.filter((child) => child !== undefined));
  return made;
}

/** A button; `icon` is one of VS Code's, and a button with nothing else has its title for a name. */
export function button(given: Given & { readonly icon?: string }, ...children: readonly Child[]): HTMLButtonElement {
  const named = given.label ?? (children.length === 0 ? given.title : undefined);
  const made = element(
    "button",
    { ...given, ...(named ? { label: named } : {}) },
    given.icon ? icon(given.icon) : undefined,
    ...children,
  );
  made.type = "button";
  return made;
}

/** A picture beside words; screen readers leave it out. */
export function icon(name: string): HTMLElement {
  const made = element("span", { class: `codicon codicon-${name}` });
  made.setAttribute("aria-hidden", "true");
  return made;
}
