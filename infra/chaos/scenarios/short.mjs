// What `npm test` runs: the faults that every deployment meets, each once or twice, in one laboratory and within three minutes.
export const SHORT = ['F1', 'F3', 'F5', 'F8', 'F15', 'F28'];
