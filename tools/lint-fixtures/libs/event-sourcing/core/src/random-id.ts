// violates eslint(no-restricted-properties)
export const id = String(Math.random());
