export { readMapping } from './import/mapping.js';
export { runImport } from './import/run-import.js';
