export default {
  build: { target: "es2023" },
  // WebAssembly alone: without this line the build holds 27 MB of WebGPU too.
  resolve: { alias: { "onnxruntime-web/webgpu": "onnxruntime-web/wasm" } },
  // Isolated from other origins, WebAssembly may use threads. Send the same headers from your own server.
  server: {
    headers: {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    },
  },
};
