/**
 * A module that is loaded on first use. Asking for it again with `import` costs as much as decoding a short file: each
 * time the runtime resolves its name. A load that failed, as in a page that lost its network, is tried again.
 *
 *     const loadOgg = loadOnce(() => import("./ogg.ts"));
 *     const { readOgg } = await loadOgg();
 */
export function loadOnce<Module>(load: () => Promise<Module>): () => Promise<Module> {
  let loaded: Promise<Module> | undefined;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = undefined;
      throw error;
    });
    return loaded;
  };
}
