// Computes the features of a data set into a shared cache: <data set> <cache>. Prints its statistics as JSON.
import { createFeatureCache } from "../../../datasets/cache/feature-cache.ts";
import { openFeatureSet } from "../../../datasets/feature-set.ts";
import { readDataset } from "../../../datasets/read-dataset.ts";
import { smallConfig } from "../sounds.ts";

const [root = "", folder = ""] = process.argv.slice(2);
const cache = createFeatureCache({ folder, config: smallConfig, extractor: "meyda", threads: 1 });
const { statistics } = await openFeatureSet(await readDataset(root), cache);
await cache.dispose();
console.log(JSON.stringify(statistics));
