// violates keyfold(no-barrel)
export * from '../too-many-parameters.js';
