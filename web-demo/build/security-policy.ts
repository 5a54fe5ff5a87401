import type { Plugin } from "vite";

/** Everything from the page's own host, no code from text but WebAssembly. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "media-src 'self' blob:", // the player reads sounds that the page holds
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * Other pages may show this one in a frame, and say themselves whether it gets the microphone. For hosts that read
 * `_headers` (Netlify, Cloudflare Pages); the page carries its own policy too.
 */
const headers = `/*
  Content-Security-Policy: ${policy}; frame-ancestors *
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Embedder-Policy: require-corp
  Cross-Origin-Resource-Policy: same-origin
  Referrer-Policy: no-referrer
  X-Content-Type-Options: nosniff
  Permissions-Policy: microphone=(self)
`;

/** Writes the Content-Security-Policy into every built page; the development server needs inline code. */
export function securityPolicy(): Plugin {
  return {
    name: "earshot:security-policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: policy },
        injectTo: "head-prepend",
      },
    ],
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "_headers", source: headers });
    },
  };
}
