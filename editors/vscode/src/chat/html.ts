/** The chat page's document: everything in it comes from files, nothing may be loaded from elsewhere or written in. */

export interface PageFiles {
  /** URIs as the page may load them. */
  readonly script: string;
  readonly styles: readonly string[];
  /** What the page may load styles and fonts from. */
  readonly source: string;
  /** Not to be guessed, other each time. */
  readonly nonce: string;
}

export function pageHtml({ script, styles, source, nonce }: PageFiles): string {
  const policy = `default-src 'none'; style-src ${source}; font-src ${source}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${policy}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    ${styles.map((style) => `<link rel="stylesheet" href="${style}" />`).join("\n    ")}
    <title>Scholiast</title>
  </head>
  <body>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>
`;
}
