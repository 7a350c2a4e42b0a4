// StyLua by its npm package, for where its program is not: node stylua.cjs STYLUA.TOML FOLDER... [--write]
// Prints the files that are not formatted, and exits with 1 when there are any; with --write it formats them.

const { readdirSync, readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const stylua = require("@johnnymorganz/stylua");

const NAMED = {
  indent_type: stylua.IndentType,
  quote_style: stylua.QuoteStyle,
  call_parentheses: stylua.CallParenType,
};

function settings(path) {
  const config = stylua.Config.new();
  for (const [, name, word, number] of readFileSync(path, "utf8").matchAll(/^(\w+) = (?:"(\w+)"|(\d+))$/gm)) {
    config[name] = word ? NAMED[name][word] : Number(number);
  }
  return config;
}

const [toml, ...folders] = process.argv.slice(2).filter((word) => word !== "--write");
const writes = process.argv.includes("--write");
const files = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".lua")).map((name) => join(folder, name)),
);
const unformatted = files.filter((file) => {
  const before = readFileSync(file, "utf8");
  const after = stylua.formatCode(before, settings(toml), undefined, stylua.OutputVerification.Full);
  if (writes) writeFileSync(file, after);
  return after !== before;
});
console.log([`${files.length} files, ${unformatted.length} of them not formatted`, ...unformatted].join("\n"));
process.exit(unformatted.length > 0 && !writes ? 1 : 0);
