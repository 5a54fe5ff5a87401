/** An accuracy on ESC-10 that others have published, in percent, and the protocol that it was measured by. */
export interface PublishedAccuracy {
  readonly name: string;
  readonly accuracy: number;
  readonly source: string;
}

/**
 * All by the five folds of the data set. Networks are trained on ESC-10 alone; some papers choose epochs on the test
 * fold.
 */
export const publishedAccuracies: readonly PublishedAccuracy[] = [
  {
    name: "people",
    accuracy: 95.7,
    source: "Piczak, ESC: Dataset for Environmental Sound Classification, 2015",
  },
  {
    name: "micro-ACDNet",
    accuracy: 96.25,
    source: "Mohaimenuzzaman et al., Environmental Sound Classification on the Edge, 2023",
  },
  {
    name: "ACDNet",
    accuracy: 96.65,
    source: "Mohaimenuzzaman et al., Environmental Sound Classification on the Edge, 2023",
  },
];
