import { readFileSync } from "node:fs";
import path from "node:path";
import { renderMermaidSVG } from "beautiful-mermaid";

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

const colours = { bg: "var(--vp-c-bg)", fg: "var(--vp-c-text-1)", transparent: true };
const diagramStyle = /<style>(.*?)<\/style>/s;

/** Diagrams are drawn here, so that pages load no program for them. Vue takes no style inside a page: see `head`. */
function drawDiagrams(markdown) {
  const { fence } = markdown.renderer.rules;
  markdown.renderer.rules.fence = (tokens, index, ...rest) => {
    const { info, content } = tokens[index];
    if (info.trim() !== "mermaid") return fence(tokens, index, ...rest);
    return `<div class="diagram" v-pre>${renderMermaidSVG(content, colours).replace(diagramStyle, "")}</div>`;
  };
}

/** What every diagram has, but for the font that it would fetch from another host. */
const [, ownStyle] = diagramStyle.exec(renderMermaidSVG("flowchart TD\n  a --> b", colours));
const styles = [
  ".vp-doc [class*='language-'] > span.lang { color: var(--vp-c-text-2); }",
  ".diagram svg { max-width: 100%; height: auto; }",
  ...[...ownStyle.replace(/@import[^;]*;/, "").matchAll(/(text|svg) \{[^}]*\}/g)].map(
    ([rule]) => `.diagram ${rule.replace(/font-family:[^;]*;/, "font-family: inherit;")}`,
  ),
].join("\n");

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
    ["style", {}, styles],
  ],
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    config: drawDiagrams,
  },
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
