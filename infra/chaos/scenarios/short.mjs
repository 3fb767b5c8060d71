// What `npm test` runs: the faults that every deployment meets, each once or twice, in one laboratory.
export const SHORT = ['F1', 'F3', 'F4', 'F5', 'F8', 'F28', 'F27', 'F16', 'F6'];
