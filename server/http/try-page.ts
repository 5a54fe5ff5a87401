import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

/** A file of the page at `/docs`, where the API can be tried without the network. */
export interface TryPageFile {
  readonly url: string;
  readonly type: string;
  readonly policy: string;
  /** Text, or a file of swagger-ui-dist. */
  readonly content: { readonly text: string } | { readonly file: string };
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>earshot: the API</title>
    <link rel="stylesheet" href="docs/swagger-ui.css" />
  </head>
  <body>
    <div id="api"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

export const tryPageFiles: readonly TryPageFile[] = [
  { url: "/docs", type: "text/html; charset=utf-8", policy, content: { text: page } },
  {
    url: "/docs/start.js",
    type: "text/javascript; charset=utf-8",
    policy,
    content: { text: `SwaggerUIBundle({ url: "openapi.json", dom_id: "#api", validatorUrl: null });\n` },
  },
  {
    url: "/docs/swagger-ui.css",
    type: "text/css; charset=utf-8",
    policy,
    content: { file: "swagger-ui.css" },
  },
  {
    url: "/docs/swagger-ui-bundle.js",
    type: "text/javascript; charset=utf-8",
    policy,
    content: { file: "swagger-ui-bundle.js" },
  },
];

const read = new Map<string, Promise<Buffer>>();

/** @throws Error where swagger-ui-dist is not installed */
export async function readTryPage({ content }: TryPageFile): Promise<Buffer> {
  if ("text" in content) return Buffer.from(content.text);
  const path = createRequire(import.meta.url).resolve(`swagger-ui-dist/${content.file}`);
  const cached = read.get(path) ?? readFile(path);
  read.set(path, cached);
  return cached;
}
