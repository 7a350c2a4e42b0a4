/** A browser's document for tests of the page; import this first. */
import { GlobalWindow } from "happy-dom";

const window = new GlobalWindow();
for (const name of ["document", "window", "HTMLElement", "HTMLOListElement", "HTMLButtonElement", "KeyboardEvent"]) {
  Object.defineProperty(globalThis, name, {
    value: (window as unknown as Record<string, unknown>)[name],
    writable: true,
  });
}
