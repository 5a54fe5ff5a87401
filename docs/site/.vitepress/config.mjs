import { readFileSync } from "node:fs";
import path from "node:path";

// The pages are the repository's own Markdown files, at the addresses that they have there, so that one link is right in
// both. Pages of the API are written by typedoc before (setup/build-docs.ts).

const inSite = (name) => path.join(import.meta.dirname, "..", name);
const navigation = JSON.parse(readFileSync(inSite("navigation.json"), "utf8"));

/** The pages are outside the site's folder, where its packages are. */
const resolveVue = {
  name: "resolve-vue",
  enforce: "pre",
  resolveId(id, importer, { ssr }) {
    if (!/^vue(\/|$)/.test(id)) return undefined;
    if (ssr) return { id, external: true };
    return importer?.endsWith(".md")
      ? this.resolve(id, inSite("package.json"), { skipSelf: true })
      : undefined;
  },
};

/** Links to source files and data lead nowhere in the site: they are shown, and open in the repository. */
const notPages = [
  /\.(ts|js|py|css|json|jsonl|txt|html|mjs)$/,
  /\/(examples|results|test|packages|models)\b/,
  /LICENSE/,
];

export default {
  title: "earshot",
  description: "Train a sound classifier from a folder of recordings; run it anywhere from one ONNX file.",
  lang: "en",
  srcDir: inSite("../.."),
  srcExclude: [
    "{test,results,packages,models,common,onnx,queue,report,setup,datasets,runtime}/**",
    "{node_modules,dist,runs,.*}/**",
    "docs/site/node_modules/**",
  ],
  head: [
    ["link", { rel: "icon", href: "data:," }],
    ["style", {}, ".vp-doc [class*='language-'] > span.lang { color: var(--vp-c-text-2); }"],
  ],
  markdown: { theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" } },
  outDir: inSite("dist/html"),
  rewrites: { "README.md": "index.md" },
  ignoreDeadLinks: notPages,
  vite: { plugins: [resolveVue] },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    sidebar: Object.entries(navigation).map(([text, pages]) => ({
      text,
      items: Object.entries(pages).map(([name, link]) => ({ text: name, link })),
    })),
  },
};
