// The resampler's inner loop in WebAssembly: what convolve.wat says, translated. A test compares the two.

/** Computes outputs; addresses in bytes of `memory`, meaning as in convolve.wat. */
type Convolve = (
  output: number,
  outputEnd: number,
  taps: number,
  rowBytes: number,
  samples: number,
  phase: number,
  step: number,
  phases: number,
) => void;

interface ConvolveInstance {
  readonly exports: {
    readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
    readonly convolve: Convolve;
  };
}

/** The part of the global that is used: this room compiles without the types of Node and the DOM. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (module: object) => ConvolveInstance;
};

export const convolveCode =
  "0061736d01000000010c0160087f7f7f7f7f7f7f7f00030201000503010001071502066d656d6f7279020008636f6e766f6c" +
  "766500000ae00101dd0102037f027b02400340200020014f0d012002200520036c6a2108200820036a21092004210afd0c00" +
  "000000000000000000000000000000210bfd0c00000000000000000000000000000000210c0340200b2008fd000400200afd" +
  "000400fde601fde401210b200c2008fd000410200afd000410fde601fde401210c200841206a2108200a41206a210a200820" +
  "09490d000b200b200cfde401210b2000200bfd1f00200bfd1f0192200bfd1f02200bfd1f039292380200200041046a210020" +
  "0520066a21052004200520076e4102746a2104200520077021050c000b0b0b";

const pageBytes = 2 ** 16;
let module: object | undefined;

/** Memory for so many bytes, and the loop that works on it. */
export function createConvolve(bytes: number): { readonly memory: ArrayBuffer; readonly convolve: Convolve } {
  module ??= new WebAssembly.Module(readHex(convolveCode));
  const { memory, convolve } = new WebAssembly.Instance(module).exports;
  memory.grow(Math.ceil(bytes / pageBytes)); // beside the page that it begins with
  return { memory: memory.buffer, convolve };
}

function readHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) =>
    Number.parseInt(text.slice(2 * index, 2 * index + 2), 16),
  );
}
