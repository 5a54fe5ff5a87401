import * as z from "zod";
import { parityResultSchema } from "../../features/model-metadata.ts";

/** `parity.json`: what was compared with the network as trained, and which graph it was. */
export const parityFileSchema = z.object({ graphHash: z.string(), results: z.array(parityResultSchema) });
