import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import typescript from "typescript-eslint";

export default defineConfig(
  globalIgnores(["out/"]),
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [typescript.configs.strictTypeChecked, typescript.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": "off", // `return this.stop()` reads well
      "max-lines": ["error", { max: 250, skipComments: true, skipBlankLines: true }],
      "max-lines-per-function": ["error", { max: 60, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      "@typescript-eslint/no-floating-promises": "off", // node's test() returns one that need not be awaited
      "max-lines-per-function": "off",
    },
  },
  {
    files: ["scripts/*.mjs"],
    languageOptions: { globals: { process: "readonly", console: "readonly" } },
  },
  // Innermost first: what a folder must not know is not imported there.
  ...[
    ["src/chat/page/**", ["vscode", "node:*", "vscode-languageclient/*"], "The page runs in a browser."],
    [
      "src/{server/{protocol,locate,settings,restarts,python,environment},status/text,search/items,chat/{model,history,messages,html,footer}}.ts",
      ["vscode", "vscode-languageclient/*"],
      "It is tested without VS Code.",
    ],
  ].map(([files, group, message]) => ({
    files: [files],
    rules: { "no-restricted-imports": ["error", { patterns: [{ group, message, allowTypeImports: true }] }] },
  })),
);
